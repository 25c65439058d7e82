"""One job of a tale, told with the public verbs from its draft to its charge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import QuerySet

from bids.closing import close_due_job
from bids.content import BidContent, PriceLine
from bids.disqualification import disqualify_bid
from bids.opening import open_bids
from bids.submission import submit_bid, withdraw_bid
from ledger.acceptance import accept_delivery
from ledger.awarding import choose_bid
from ledger.commissioning import cancel_job, end_without_award, publish_job
from ledger.delivering import deliver_milestone
from ledger.exchange.ocds.facts import AwardFact, BidFact, Ending, JobFact
from ledger.exchange.ocds.household import Household, fitted
from ledger.exchange.ocds.schedule import Schedule
from ledger.models.awards import Milestone, ReasonCode
from marketplace.admission import CategoryTaken, CostCentreTaken, SourceKeyTaken
from marketplace.compiled import Kept
from marketplace.drafting import JobDetails, JobKeyTaken, draft_job
from marketplace.models.jobs import Criterion, Mode, TooFewRule
from marketplace.policies import IMPORTED
from marketplace.refusals import Refusal

WAIVER = "Taken over from a publication, which names those who bid and not those who were invited."
NO_REASON = "The publication gives no reason."
NO_NEED = "The publication says no more than the title."
ENDED = {
    Ending.CANCELLED: "The publication says that the procedure was cancelled.",
    Ending.UNSUCCESSFUL: "The publication says that the procedure ended without a choice.",
}


# Two imports, or two workers of one, may meet the same new provider at the same moment.
TAKEN = (SourceKeyTaken, CostCentreTaken, CategoryTaken, JobKeyTaken)
CONFLICTS = {"23505", "40001", "40P01"}  # unique violation, serialisation failure, deadlock


class NotTaken(Exception):
    """One step of a tale was refused; the release is told again without it."""

    def __init__(self, step: str, where: str, why: str, *, is_conflict: bool = False) -> None:
        super().__init__(why)
        self.step = step
        self.where = where
        self.why = why
        self.is_conflict = is_conflict  # another did the same at this moment; worth another try


@contextmanager
def taking(step: str, where: str) -> Iterator[None]:
    """Turn a refusal inside into a `NotTaken` that names the step."""
    try:
        yield
    except Refusal as refusal:
        taken = isinstance(refusal, TAKEN)
        raise NotTaken(step, where, refusal.text, is_conflict=taken) from refusal
    except DatabaseError as broken:
        state = getattr(broken.__cause__, "sqlstate", None)
        if state not in CONFLICTS and isinstance(broken, OperationalError | InterfaceError):
            raise  # the database is gone: no fault of the release
        why = (str(broken).splitlines() or ["the database refused it"])[0]
        raise NotTaken(step, where, why, is_conflict=state in CONFLICTS) from broken


@dataclass(frozen=True, slots=True)
class Telling:
    """One attempt to tell a tale, leaving out the steps that were refused before."""

    household: Household
    department_id: UUID
    without: frozenset[str]

    def has(self, step: str) -> bool:
        """Whether this attempt goes through that step."""
        return step not in self.without


def tell_job(fact: JobFact, plan: Schedule, telling: Telling) -> bool:
    """
    Tell one job as far as the publication goes, and return whether it was told. A draft stays one.

    :raises NotTaken: a verb refused a step.
    """
    if not telling.has(f"job {fact.key}"):
        return False
    with taking(f"job {fact.key}", "/tender"):
        job_id, providers = _draft(fact, plan, telling)
        if plan.published_at is None:
            return True
        publish_job(actor=telling.household.importer, job_id=job_id, at=plan.published_at)
    bids = _submit(fact, plan, telling, job_id, providers)
    if plan.opened_at and telling.has(f"opening {fact.key}"):
        _open(fact, plan, telling, job_id, bids)
        if telling.has(f"award {fact.key}"):
            _choose(fact, plan, telling, job_id, bids)
    if plan.ended_at and fact.ending and telling.has(f"ending {fact.key}"):
        _end(fact, fact.ending, plan, telling, job_id)
    return True


def job_key(fact: JobFact) -> str:
    """Return what an imported job is known by, so that it is taken over once."""
    return fitted(fact.key, 300)


def _draft(fact: JobFact, plan: Schedule, telling: Telling) -> tuple[UUID, dict[str, UUID]]:
    household, terms = telling.household, fact.terms
    at = plan.published_at or fact.known_at or plan.closes_at
    bidders = [bid.bidder for bid in fact.bids] + list(terms.invited if terms else ())
    providers = household.providers(bidders, currency=fact.currency, at=at)
    code, name = (terms.category_code, terms.category_name) if terms else (fact.category, "")
    details = JobDetails(
        title=fact.title[:500],
        category_id=household.category(code, name=name, at=at),
        need=fact.need or NO_NEED,
        mode=terms.mode if terms else Mode.LOWEST_COST,
        point=terms.point if terms else None,
        criteria=terms.criteria if terms else (),
        currency=fact.currency,
        # An estimate is no promise to bidders: hidden, it marks a dearer bid and refuses none.
        ceiling=fact.estimate or None,
        shows_ceiling=bool(terms and terms.shows_ceiling and fact.estimate),
        closes_at=plan.closes_at,
        bids_wanted=1,
        too_few_rule=TooFewRule.GO_ON,
        invited=tuple(providers.values()),
        waiver=WAIVER,
    )
    job = draft_job(
        actor=household.importer,
        department_id=telling.department_id,
        details=details,
        at=at,
        policy_code=IMPORTED,
        source_key=job_key(fact),
    )
    return job.pk, providers


def _submit(
    fact: JobFact,
    plan: Schedule,
    telling: Telling,
    job_id: UUID,
    providers: dict[str, UUID],
) -> dict[str, UUID]:
    """Submit each bid at its moment, and return the bids by their key."""
    actor = telling.household.importer
    submitted: dict[str, UUID] = {}
    told = [bid for bid in fact.bids if bid.key in plan.bids_at]
    for bid in sorted(told, key=lambda bid: plan.bids_at[bid.key]):
        step = f"bid {fact.key} {bid.key}"
        if not telling.has(step):
            continue
        at = plan.bids_at[bid.key]
        with taking(step, bid.where):
            placed = submit_bid(
                actor=actor,
                job_id=job_id,
                provider_id=providers[bid.bidder.key],
                content=_content(bid, fact.currency),
                variant=bid.variant,
                at=at,
            )
            if bid.is_withdrawn:
                withdraw_bid(actor=actor, bid_id=placed.pk, at=at)
            else:
                submitted[bid.key] = placed.pk
    return submitted


def _content(bid: BidFact, currency: str) -> BidContent:
    approach = bid.approach or "As published; the publication holds no more than the price."
    if bid.is_implied:
        approach = "No bid was published. This one follows from the award that names the provider."
    if bid.price is None:
        return BidContent(approach=approach, currency=currency, lines=(), is_priced=False)
    line = PriceLine("labour", bid.price.minor, "Price as published, in one sum")
    return BidContent(
        approach=approach,
        currency=currency,
        lines=bid.lines or (line,),
        milestones=bid.milestones,
    )


def _open(
    fact: JobFact, plan: Schedule, telling: Telling, job_id: UUID, bids: dict[str, UUID]
) -> None:
    actor = telling.household.importer
    assert plan.opened_at is not None
    with taking(f"opening {fact.key}", "/tender/tenderPeriod"):
        close_due_job(job_id=job_id, at=plan.opened_at)
        open_bids(actor=actor, job_id=job_id, at=plan.opened_at)
    for bid in fact.bids:
        step = f"disqualification {fact.key} {bid.key}"
        # One without a price is disqualified by the opening itself.
        if not bid.fault or bid.price is None or bid.key not in bids or not telling.has(step):
            continue
        with taking(step, bid.where):
            disqualify_bid(actor=actor, bid_id=bids[bid.key], reason=bid.fault, at=plan.opened_at)


def _choose(
    fact: JobFact,
    plan: Schedule,
    telling: Telling,
    job_id: UUID,
    bids: dict[str, UUID],
) -> None:
    actor, choice, at = telling.household.importer, fact.choice, plan.awarded_at
    if choice is None or at is None or choice.bid_key not in bids:
        return
    award = choice.award
    with taking(f"award {fact.key}", award.where):
        made = choose_bid(
            actor=actor,
            job_id=job_id,
            bid_id=bids[choice.bid_key],
            agreed=choice.agreed,
            at=at,
            **_grounds(fact, award, job_id),
        )
    step = f"charge {fact.key}"
    if plan.charged_at is None or not telling.has(step):
        return
    with taking(step, award.where):
        for milestone_id in _milestones(made.pk):
            delivery = deliver_milestone(actor=actor, milestone_id=milestone_id, at=plan.charged_at)
            accept_delivery(actor=actor, delivery_id=delivery.pk, at=plan.charged_at)


def _grounds(fact: JobFact, award: AwardFact, job_id: UUID) -> dict[str, Any]:
    """Return why the bid was chosen: as the head said it, or as much as the publication says."""
    stated = award.grounds
    if stated is None:
        reason = f"As published: “{award.reason}”" if award.reason else NO_REASON
        return {"reason_code": ReasonCode.IMPORTED.value, "reason": reason}
    keys = fact.terms.criterion_keys if fact.terms and fact.terms.criteria else ()
    decisive = None
    if stated.criterion_key in keys:
        position = keys.index(stated.criterion_key)
        ordered = Criterion.objects.filter(job=job_id).order_by("position")
        decisive = ordered.values_list("pk", flat=True)[position]
    return {
        "reason_code": stated.code,
        "reason": stated.reason,
        "decisive_criterion_id": decisive,
        "followed_view": stated.view,
    }


def _milestones(award_id: UUID) -> list[UUID]:
    return _milestones_of.all(award_id)


@Kept
def _milestones_of(award: UUID) -> QuerySet[Milestone, UUID]:
    rows = Milestone.objects.filter(award=award).order_by("position")
    return rows.values_list("pk", flat=True)


def _end(fact: JobFact, ending: Ending, plan: Schedule, telling: Telling, job_id: UUID) -> None:
    assert plan.ended_at is not None
    # What ended before its deadline was called off, whatever the publication calls it.
    end = end_without_award if plan.opened_at else cancel_job
    with taking(f"ending {fact.key}", "/tender/status"):
        end(
            actor=telling.household.importer,
            job_id=job_id,
            reason=fact.ending_reason or ENDED[ending],
            at=plan.ended_at,
        )
