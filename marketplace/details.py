"""What a department writes about a job, and what of it cannot be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marketplace.models.jobs import (
    PAST_RATINGS_MOST,
    CriterionKind,
    Mode,
    Procedure,
    TooFewRule,
)
from marketplace.money import Money
from marketplace.refusals import Refusal

DEFAULT_LEVELS = (
    "Not shown at all",
    "Shown in part, with serious gaps",
    "Shown for the most part",
    "Shown fully",
    "Shown fully, and better than asked",
)
PAST_RATINGS = CriterionKind.PAST_RATINGS.value
HEAVIEST_PAST = PAST_RATINGS_MOST  # for forms, which know no model
# What departments say of the result once work is finished, 1 to 5: the words of the screen.
RATED_LEVELS = (
    "Very dissatisfied",
    "Dissatisfied",
    "Neither",
    "Satisfied",
    "Very satisfied",
)


class TitleTooLong(Refusal):
    """A title is one line."""

    code = "title_too_long"
    field = "title"


class NotAChoice(Refusal):
    """The value is none of those that can be chosen."""

    code = "not_a_choice"


class CeilingNotPositive(Refusal):
    """A ceiling is more than nothing, or there is none."""

    code = "ceiling_not_positive"
    field = "ceiling"


class PointNegative(Refusal):
    """A better bid is never worth less."""

    code = "point_negative"
    field = "point"


class CriterionNotUsable(Refusal):
    """A criterion needs a name, a weight and words for each level."""

    code = "criterion_not_usable"
    field = "criteria"


class PastRatingsTooHeavy(CriterionNotUsable):
    """The past informs a choice; a newcomer must be able to win."""

    code = "past_ratings_too_heavy"


class PastRatingsTwice(CriterionNotUsable):
    """One past counts once."""

    code = "past_ratings_twice"


class DatesBackwards(Refusal):
    """Work ends after it starts."""

    code = "dates_backwards"
    field = "ends_on"


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """One thing that bids are to be judged on."""

    name: str
    weight: int  # of 100
    question: str = ""
    levels: Sequence[str] = DEFAULT_LEVELS  # words for 0, ¼, ½, ¾ and 1
    knock_out: int | None = None  # quarters: below it, a bid is out
    kind: CriterionKind | str = CriterionKind.JUDGED


@dataclass(frozen=True, slots=True)
class JobDetails:
    """All that a department writes about a job. A draft may leave most of it open."""

    title: str
    category_id: UUID
    need: str = ""
    procedure: Procedure | str = Procedure.QUICK
    mode: Mode | str = Mode.QUALITY_TO_PRICE
    currency: str | None = None  # the department's, unless another is named
    ceiling: Money | None = None
    shows_ceiling: bool = True
    point: Money | None = None  # V: what one more quality point is worth
    starts_on: date | None = None
    ends_on: date | None = None
    questions_until: datetime | None = None
    closes_at: datetime | None = None
    bids_wanted: int = 2
    too_few_rule: TooFewRule | str = TooFewRule.GO_ON
    criteria: Sequence[CriterionDraft] = ()
    invited: Sequence[UUID] = ()
    waiver: str = ""


def refuse_unusable(details: JobDetails) -> None:
    """Refuse what no draft can hold. What is only missing yet is no matter here."""
    if len(details.title.strip()) > 500:
        raise TitleTooLong("A title has 500 characters at most.")
    chosen = {"procedure": Procedure, "mode": Mode, "too_few_rule": TooFewRule}
    for field, choices in chosen.items():
        if getattr(details, field) not in choices.values:
            refusal = NotAChoice(f"Choose one of: {', '.join(choices.values)}.")
            refusal.field = field
            raise refusal
    if not 1 <= details.bids_wanted <= 99:
        refusal = NotAChoice("Between 1 and 99 bids can be wanted.")
        refusal.field = "bids_wanted"
        raise refusal
    if details.ceiling is not None and details.ceiling.minor <= 0:
        raise CeilingNotPositive("The ceiling is the most you will pay; it is more than zero.")
    if details.point is not None and details.point.minor < 0:
        raise PointNegative("What a quality point is worth is zero or more.")
    if details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        raise DatesBackwards("The work ends before it starts.")
    refuse_unusable_criteria(details.criteria)


def past_ratings(weight: int) -> CriterionDraft:
    """Return the criterion that nobody judges: what the record says of each bidder's results."""
    return CriterionDraft(
        name="Past ratings", weight=weight, levels=RATED_LEVELS, kind=CriterionKind.PAST_RATINGS
    )


def refuse_unusable_criteria(criteria: Sequence[CriterionDraft]) -> None:
    """:raises CriterionNotUsable, PastRatingsTooHeavy, PastRatingsTwice: no draft can hold it."""
    for criterion in criteria:
        _refuse_unusable_criterion(criterion)
    if sum(one.kind == CriterionKind.PAST_RATINGS for one in criteria) > 1:
        raise PastRatingsTwice("Past ratings count once; put their weights together.")


def _refuse_unusable_criterion(criterion: CriterionDraft) -> None:
    name = criterion.name.strip()
    if not name or len(name) > 120:
        raise CriterionNotUsable("Name each criterion in 1 to 120 characters.")
    if not 1 <= criterion.weight <= 100:
        raise CriterionNotUsable(f"“{name}” weighs {criterion.weight}; a weight is 1 to 100.")
    if len(criterion.levels) != 5 or not all(level.strip() for level in criterion.levels):
        raise CriterionNotUsable(f"“{name}” needs words for each of the five levels.")
    if criterion.knock_out is not None and not 0 <= criterion.knock_out <= 4:
        raise CriterionNotUsable(f"The knock-out of “{name}” is one of its five levels.")
    if criterion.kind not in CriterionKind.values:
        raise CriterionNotUsable(f"“{name}” is {' or '.join(CriterionKind.values)}.")
    if criterion.kind == CriterionKind.PAST_RATINGS:
        _refuse_unfair_past(criterion)


def _refuse_unfair_past(criterion: CriterionDraft) -> None:
    if criterion.weight > PAST_RATINGS_MOST:
        raise PastRatingsTooHeavy(
            f"Past ratings weigh {criterion.weight}; {PAST_RATINGS_MOST} of 100 are the most."
        )
    if criterion.knock_out is not None or criterion.question.strip():
        raise CriterionNotUsable(
            "Past ratings are computed: nobody answers to them, and they knock nobody out."
        )
