"""One release after the other, replayed through the verbs: each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from bids.models.bids import Bid
from ledger.exchange.ocds.facts import JobFact, Problem, Tale
from ledger.exchange.ocds.household import NOBODY, Household, Known
from ledger.exchange.ocds.reading import NO_CURRENCY
from ledger.exchange.ocds.schedule import Schedule, schedule
from ledger.exchange.ocds.storytelling import NotTaken, Telling, job_key, taking, tell_job
from ledger.models.awards import Award
from marketplace.compiled import Kept
from marketplace.history import recorded_together
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.notices import nobody_told

MOST_REFUSALS = 100  # of one release; one that loses more is refused as a whole
MOST_CONFLICTS = 10  # with another import at the same moment; each is tried again


class Fate(Enum):
    """What became of a release."""

    TAKEN = "taken"
    PARTLY = "partly"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a tale: its problems, and the keys under which it now stands in the house."""

    fate: Fate
    releases: int
    problems: tuple[Problem, ...]
    department: str = ""
    providers: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


class Replay:
    """Tells tales to the house, in the name of the importer."""

    def __init__(self, *, importer: User, in_house: Mapping[str, str], now: datetime) -> None:
        self.importer = importer
        self.in_house = in_house
        self.now = now
        self.known = Known()

    def take(self, tale: Tale) -> Outcome:
        """
        Tell a tale, unless it was told before, and return what became of it.

        A step that a verb refuses is left out and the rest told again from the beginning, so
        that nothing half-told is ever committed.
        """
        household = Household(
            importer=self.importer,
            publisher=tale.publisher,
            in_house=self.in_house,
            known=self.known,
        )
        plans = {fact.key: schedule(fact, now=self.now) for fact in tale.jobs}
        problems = [*tale.problems, *_moved(tale, plans)]
        without: set[str] = set()
        conflicts = 0
        while len(without) < MOST_REFUSALS:
            try:
                told = self._tell(tale, plans, household, frozenset(without))
            except NotTaken as refused:
                if refused.is_conflict and conflicts < MOST_CONFLICTS:
                    conflicts += 1
                    continue
                problems.append(Problem(tale.ocid, refused.where, refused.why))
                if refused.step in without:
                    break
                without.add(refused.step)
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError as broken:  # a rule that is checked at the commit
                problems.append(Problem(tale.ocid, "/", str(broken).splitlines()[0]))
                break
            else:
                return _outcome(tale, household, told, problems)
        return Outcome(Fate.REFUSED, tale.releases, tuple(problems))

    def _department(self, tale: Tale, plans: Mapping[str, Schedule], household: Household) -> UUID:
        moments = [plan.published_at or plan.closes_at for plan in plans.values()]
        currency = next((fact.currency for fact in tale.jobs), NO_CURRENCY)
        at = min([*moments, self.now])
        return household.department(tale.buyer or NOBODY, currency=currency, at=at)

    def _tell(
        self,
        tale: Tale,
        plans: Mapping[str, Schedule],
        household: Household,
        without: frozenset[str],
    ) -> list[Told]:
        with transaction.atomic(), nobody_told(), recorded_together():
            with taking("department", "/buyer"):
                department_id = self._department(tale, plans, household)
            keys = [job_key(fact) for fact in tale.jobs]
            there = _there(keys)
            if 0 < len(there) < len(keys):
                there = _there(keys)  # another import finished between one question and the next
            if there:
                return [
                    Told(fact, _differences(there.get(job_key(fact)), fact, plans[fact.key]))
                    for fact in tale.jobs
                ]
            telling = Telling(household, department_id, without)
            return [
                Told(fact, ()) for fact in tale.jobs if tell_job(fact, plans[fact.key], telling)
            ]


def _there(keys: list[str]) -> dict[str, Job]:
    return {key: job for key in keys if (job := _taken_over.first(key)) is not None}


@Kept
def _taken_over(source_key: str) -> QuerySet[Job]:
    return Job.objects.filter(source_key=source_key)


@dataclass(frozen=True, slots=True)
class Told:
    """A job that stands in the house now, and how it differs if it stood there before."""

    fact: JobFact
    differences: tuple[str, ...]


def _outcome(
    tale: Tale, household: Household, told: list[Told], problems: list[Problem]
) -> Outcome:
    problems += [Problem(tale.ocid, "/", why) for one in told for why in one.differences]
    bidders = {bid.bidder.key: bid.bidder for one in told for bid in one.fact.bids}
    fate = Fate.PARTLY if problems else Fate.TAKEN
    if tale.jobs and not told:
        fate = Fate.REFUSED
    return Outcome(
        fate,
        tale.releases,
        tuple(problems),
        department=household.source_key(tale.buyer or NOBODY),
        providers=tuple(household.source_key(bidder) for bidder in bidders.values()),
        jobs=tuple(job_key(one.fact) for one in told),
    )


def _moved(tale: Tale, plans: Mapping[str, Schedule]) -> list[Problem]:
    remarks = dict.fromkeys(remark for plan in plans.values() for remark in plan.remarks)
    return [Problem(tale.ocid, where, why) for where, why in remarks]


def _differences(job: Job | None, fact: JobFact, plan: Schedule) -> tuple[str, ...]:
    """Say how a job that was taken over before differs from what its release says now."""
    if job is None:
        return (f"taken over before, without {fact.key}",)
    found = []
    bids = Bid.objects.filter(job=job).count()
    if bids != len(plan.bids_at):
        found.append(f"taken over before, with {bids} bids; now it tells of {len(plan.bids_at)}")
    award = Award.objects.filter(job=job).first()
    agreed = fact.choice.agreed if fact.choice and plan.awarded_at else None
    if (award.price if award else None) != agreed:
        found.append("taken over before, with another choice than it tells of now")
    return tuple(found)
