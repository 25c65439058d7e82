"""What a department writes about a job, and what of it cannot be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marketplace.models.jobs import Mode, Procedure, TooFewRule
from marketplace.money import Money
from marketplace.refusals import Refusal

DEFAULT_LEVELS = (
    "Not shown at all",
    "Shown in part, with serious gaps",
    "Shown for the most part",
    "Shown fully",
    "Shown fully, and better than asked",
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
    for criterion in details.criteria:
        refuse_unusable_criterion(criterion)


def refuse_unusable_criterion(criterion: CriterionDraft) -> None:
    """:raises CriterionNotUsable: no draft can hold it."""
    name = criterion.name.strip()
    if not name or len(name) > 120:
        raise CriterionNotUsable("Name each criterion in 1 to 120 characters.")
    if not 1 <= criterion.weight <= 100:
        raise CriterionNotUsable(f"“{name}” weighs {criterion.weight}; a weight is 1 to 100.")
    if len(criterion.levels) != 5 or not all(level.strip() for level in criterion.levels):
        raise CriterionNotUsable(f"“{name}” needs words for each of the five levels.")
    if criterion.knock_out is not None and not 0 <= criterion.knock_out <= 4:
        raise CriterionNotUsable(f"The knock-out of “{name}” is one of its five levels.")
