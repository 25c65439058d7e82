"""What is asked after a job, in these words and no others: the six needs, the result, again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DOES_NOT_APPLY: Final = "na"
AGAIN: Final = [("yes", _("Yes")), ("if_changed", _("Only if changed")), ("no", _("No"))]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with words for its five points."""

    code: str
    name: str | Promise
    text: str | Promise
    points: tuple[str | Promise, ...]


OF_THE_DEPARTMENT: Final = (
    Asked(
        "informed",
        _("Informed"),
        _("How well were you kept informed about progress and dates?"),
        (_("Not at all"), _("A little"), _("Mostly"), _("Well"), _("Very well")),
    ),
    Asked(
        "in_control",
        _("In control"),
        _("How much say did you have in how and when the work was done?"),
        (_("None"), _("Little"), _("Some"), _("Enough"), _("Full")),
    ),
    Asked(
        "choices",
        _("Choices"),
        _("How useful were the options you were offered?"),
        (_("No options"), _("Of little use"), _("Somewhat"), _("Useful"), _("Very useful")),
    ),
    Asked(
        "friendly",
        _("Friendly"),
        _("How friendly and respectful were the people?"),
        (_("Not at all"), _("A little"), _("Fairly"), _("Friendly"), _("Very friendly")),
    ),
    Asked(
        "knowledgeable",
        _("Knowledgeable"),
        _("How well did they know their subject?"),
        (_("Poorly"), _("Partly"), _("Adequately"), _("Well"), _("Very well")),
    ),
    Asked(
        "attentive",
        _("Attentive"),
        _("How quickly and carefully did they react?"),
        (
            _("Far too slow or careless"),
            _("Too slow"),
            _("Acceptable"),
            _("Quickly"),
            _("Very quickly and carefully"),
        ),
    ),
    Asked(
        "result",
        _("Result"),
        _("How satisfied are you with the result?"),
        (
            _("Very dissatisfied"),
            _("Dissatisfied"),
            _("Neither"),
            _("Satisfied"),
            _("Very satisfied"),
        ),
    ),
)
_HOW_WELL = (_("Not at all"), _("A little"), _("Mostly"), _("Well"), _("Very well"))
OF_THE_PROVIDER: Final = (
    Asked("clear_need", _("Clear need"), _("Was it clear what was needed?"), _HOW_WELL),
    Asked("timely_answers", _("Timely answers"), _("Were questions answered in time?"), _HOW_WELL),
    Asked("fair_changes", _("Fair changes"), _("Were changes dealt with fairly?"), _HOW_WELL),
    Asked(
        "prompt_acceptance",
        _("Prompt acceptance"),
        _("Was the work accepted, or sent back, promptly?"),
        _HOW_WELL,
    ),
)


def asked_of(side: str) -> tuple[Asked, ...]:
    """Return what a side is asked: the provider about the department, or the reverse."""
    return OF_THE_PROVIDER if side == "provider" else OF_THE_DEPARTMENT
