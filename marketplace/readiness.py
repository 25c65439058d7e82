"""What a draft still lacks: one list for the page beside the form and for the refusal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.models.jobs import Criterion, Job, Mode, Procedure
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.offering import is_offered_on
from marketplace.policies import IMPORTED
from marketplace.refusals import Refusal
from marketplace.sides import bidding_side

# 0.3 × ceiling / 40 for a point: forty points of quality are worth three tenths of the ceiling.
POINT_BASIS_POINTS = 75


class NotReady(Refusal):
    """Something that bidders need is missing."""

    code = "not_ready"

    def __init__(self, text: str, missing: Sequence["Missing"] = ()) -> None:
        super().__init__(text)
        self.missing = tuple(missing)
        if self.field is None and missing:
            self.field = missing[0].field


class WeightsNotHundred(NotReady):
    """Weights are shares of one whole."""

    code = "weights_not_hundred"
    field = "criteria"


class DeadlineTooSoon(NotReady):
    """Bidders need the days that finance has set."""

    code = "deadline_too_soon"
    field = "closes_at"


class QuestionsEndTooLate(NotReady):
    """An answer after the deadline helps nobody."""

    code = "questions_end_too_late"
    field = "questions_until"


class FormalNeeded(NotReady):
    """Above a value, quality is scored before prices are seen."""

    code = "formal_needed"
    field = "procedure"


class PointMissing(NotReady):
    """Without it, quality and price cannot be put together."""

    code = "point_missing"
    field = "point"


class PointTellsCeiling(NotReady):
    """The proposal is a fixed share of the ceiling: bidders would know it."""

    code = "point_tells_ceiling"
    field = "point"


class OneSidedInvitation(NotReady):
    """A choice is real between a team and a vendor."""

    code = "one_sided_invitation"
    field = "waiver"


class AuthorInInvitedTeam(NotReady):
    """Nobody writes the job that their own team bids for."""

    code = "author_in_invited_team"
    field = "invited"


class OwnTeamInvited(NotReady):
    """A department does not buy from itself."""

    code = "own_team_invited"
    field = "invited"


class SuspendedInvited(NotReady):
    """A suspended provider may not bid."""

    code = "suspended_invited"
    field = "invited"


class UnapprovedInvited(NotReady):
    """A vendor that finance has not approved may not bid."""

    code = "unapproved_invited"
    field = "invited"


class PolicyNotOfferedNow(NotReady):
    """Jobs are published under rules that finance offers on that day."""

    code = "policy_not_offered"
    field = "policy_code"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands in the way of publishing."""

    field: str
    text: str
    rule: type[NotReady] = NotReady


def propose_point(ceiling: Money) -> Money:
    """Return what one more quality point could be worth: 0.3 × ceiling / 40."""
    return ceiling.share(POINT_BASIS_POINTS)


def missing(job: Job, *, at: datetime, publisher: User | None = None) -> list[Missing]:
    """Return all that stands in the way of publishing this job now; of a good draft, nothing."""
    return [
        *_rules_gaps(job, at),
        *_text_gaps(job),
        *_money_gaps(job),
        *_time_gaps(job, at),
        *_criteria_gaps(job),
        *_invitation_gaps(job, publisher),
    ]


def gaps(*, actor: User, job_id: UUID, at: datetime) -> list[Missing]:
    """
    Return what the actor would be told when publishing this job now.

    :raises Unknown: there is no such job of the actor's departments.
    """
    jobs = Job.objects.of_department_of(actor).select_related("policy", "author", "waiver")
    return missing(jobs.one(job_id), at=at, publisher=actor)


def lacking_at_first(
    *, title: str, need: str, closes_at: object, criteria: object, invited: object
) -> Iterator[Missing]:
    """Return what a form was sent without, for a first look while it cannot be saved."""
    if not title:
        yield Missing("title", "Give the job a title.")
    if not need:
        yield Missing("need", "Say what is needed.")
    if not closes_at:
        yield Missing("closes_at", "Say until when bids may come.")
    if not criteria:
        yield Missing("criteria", "Say what bids are judged on, with weights that add up to 100.")
    if not invited:
        yield Missing("invited", "Invite somebody to bid.")


def _rules_gaps(job: Job, at: datetime) -> Iterator[Missing]:
    code = job.policy.code
    if code != IMPORTED and not is_offered_on(code, at.date()):
        text = f"The rules “{code}” are not offered any more. Choose others."
        yield Missing("policy_code", text, PolicyNotOfferedNow)


def _text_gaps(job: Job) -> Iterator[Missing]:
    if not job.title:
        yield Missing("title", "Give the job a title.")
    if not job.need:
        yield Missing("need", "Say what is needed.")


def _money_gaps(job: Job) -> Iterator[Missing]:
    policy, ceiling = job.policy, job.ceiling
    if ceiling is None and policy.budget_control == BudgetControl.HARD:
        yield Missing("ceiling", "Say the most that you will pay.")
    limit = policy.formal_above_minor
    # The limit is in the department's currency; the ledger, which knows rates, asks for others.
    is_known = job.currency == job.department.currency
    is_above = ceiling is not None and limit is not None and is_known and ceiling.minor > limit
    if is_above and limit is not None and job.procedure == Procedure.QUICK:
        text = f"Above {Money(limit, job.currency)}, choose the formal procedure."
        yield Missing("procedure", text, FormalNeeded)
    if job.mode == Mode.FIXED_PRICE and ceiling is None:
        yield Missing("ceiling", "Say the fixed price.")
    if job.mode != Mode.QUALITY_TO_PRICE:
        return
    if not job.point_minor:
        yield Missing("point", _asked_for_point(job), PointMissing)
    elif ceiling and not job.shows_ceiling and job.point_value == propose_point(ceiling):
        text = "With a hidden ceiling, set your own worth of a point: this one would tell it."
        yield Missing("point", text, PointTellsCeiling)


def _asked_for_point(job: Job) -> str:
    if job.ceiling is None or not job.shows_ceiling:
        # With a hidden one, the proposal would tell it.
        return "Say what one more quality point is worth to you."
    point = propose_point(job.ceiling)
    tenfold = Money(point.minor * 10, job.currency)
    return (
        "Say what one more quality point is worth to you. "
        f"We propose {point}: ten points better may then cost {tenfold} more."
    )


def _time_gaps(job: Job, at: datetime) -> Iterator[Missing]:
    days = job.policy.minimum_days
    if job.closes_at is None:
        text = "Say until when bids may come."
        if days:
            text = f"Say until when bids may come. Leave bidders at least {days} days."
        yield Missing("closes_at", text)
        return
    if job.closes_at <= at or job.closes_at < at + timedelta(days=days):
        is_over = job.closes_at <= at or not days
        text = "The deadline has passed." if is_over else f"Leave bidders at least {days} days."
        yield Missing("closes_at", text, DeadlineTooSoon)
    if job.questions_until is not None and job.questions_until > job.closes_at:
        text = "Questions end before bids do."
        yield Missing("questions_until", text, QuestionsEndTooLate)


def _criteria_gaps(job: Job) -> Iterator[Missing]:
    weights = _weights.all(job.pk)
    if not weights:
        if job.mode != Mode.LOWEST_COST:
            text = "Say what bids are judged on, with weights that add up to 100."
            yield Missing("criteria", text)
    elif sum(weights) != 100:
        text = f"The weights add up to {sum(weights)}; make it 100."
        yield Missing("criteria", text, WeightsNotHundred)


def _invitation_gaps(job: Job, publisher: User | None) -> Iterator[Missing]:
    invited = _invited.all(job.pk)
    if not invited:
        # A publication may name nobody; a job of one's own invites somebody, waiver or not.
        if job.policy.needs_team_and_vendor or job.waiver is None:
            text = "Invite somebody to bid."
            if job.policy.needs_team_and_vendor and job.waiver is None:
                text = "Invite somebody to bid. At least one team and one vendor, or say why not."
            yield Missing("invited", text)
        return
    sides = {provider.is_in_house for provider in invited}
    if job.policy.needs_team_and_vendor and len(sides) == 1 and job.waiver is None:
        text = "Invite at least one team and one vendor, or say why not."
        yield Missing("waiver", text, OneSidedInvitation)
    for provider in invited:
        if provider.suspended_at is not None:
            yield Missing("invited", f"“{provider}” is suspended.", SuspendedInvited)
        if provider.approved_at is None:
            text = f"Finance has not approved “{provider}” yet."
            yield Missing("invited", text, UnapprovedInvited)
        if provider.department_id == job.department_id:
            text = f"“{provider}” belongs to the department itself."
            yield Missing("invited", text, OwnTeamInvited)
    others = [one for one in invited if one.department_id != job.department_id]
    yield from _author_gaps(job, publisher, others)


def _author_gaps(
    job: Job, publisher: User | None, invited: Sequence[Provider]
) -> Iterator[Missing]:
    people = [one for one in (job.author, publisher) if one is not None and not one.is_system]
    if not people:
        return
    side = bidding_side(job, invited)
    for one in dict.fromkeys(people):
        if one.pk in side:
            text = f"{one} belongs to “{side[one.pk]}”: somebody else must write this job."
            yield Missing("invited", text, AuthorInInvitedTeam)


@Kept
def _weights(job: UUID) -> QuerySet[Criterion, int]:
    return Criterion.objects.filter(job=job).values_list("weight", flat=True)


@Kept
def _invited(job: UUID) -> QuerySet[Provider]:
    return Provider.objects.filter(invitations__job=job).select_related("department")
