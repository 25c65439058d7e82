"""What each side is asked about the other once the work is finished, in the words of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.models.ratings import RatingSide


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked, with the words for its points, lowest first."""

    code: str
    name: str
    text: str
    points: tuple[str, ...]


OF_PROVIDERS = (
    Question(
        "informed",
        "Informed",
        "How well were you kept informed about progress and dates?",
        ("Not at all", "A little", "Mostly", "Well", "Very well"),
    ),
    Question(
        "in_control",
        "In control",
        "How much say did you have in how and when the work was done?",
        ("None", "Little", "Some", "Enough", "Full"),
    ),
    Question(
        "choices",
        "Choices",
        "How useful were the options you were offered?",
        ("No options", "Of little use", "Somewhat", "Useful", "Very useful"),
    ),
    Question(
        "friendly",
        "Friendly",
        "How friendly and respectful were the people?",
        ("Not at all", "A little", "Fairly", "Friendly", "Very friendly"),
    ),
    Question(
        "knowledgeable",
        "Knowledgeable",
        "How well did they know their subject?",
        ("Poorly", "Partly", "Adequately", "Well", "Very well"),
    ),
    Question(
        "attentive",
        "Attentive",
        "How quickly and carefully did they react?",
        (
            "Far too slow or careless",
            "Too slow",
            "Acceptable",
            "Quickly",
            "Very quickly and carefully",
        ),
    ),
    Question(
        "result",
        "Result",
        "How satisfied are you with the result?",
        ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"),
    ),
)

OF_DEPARTMENTS = (
    Question(
        "clear_need",
        "Clear need",
        "How clear was what the department wanted?",
        ("Not at all", "A little", "Mostly", "Clear", "Very clear"),
    ),
    Question(
        "timely_answers",
        "Timely answers",
        "How quickly did the department answer?",
        ("Far too slowly", "Too slowly", "Acceptably", "Quickly", "Very quickly"),
    ),
    Question(
        "fair_changes",
        "Fair changes",
        "How fair was the department when something changed?",
        ("Not at all", "A little", "Fairly", "Fair", "Very fair"),
    ),
    Question(
        "prompt_acceptance",
        "Prompt acceptance",
        "How promptly did the department accept the work?",
        ("Far too late", "Too late", "Acceptably", "Promptly", "Very promptly"),
    ),
)

# By the side that answers.
QUESTIONS: dict[str, tuple[Question, ...]] = {
    RatingSide.DEPARTMENT.value: OF_PROVIDERS,
    RatingSide.PROVIDER.value: OF_DEPARTMENTS,
}
