"""
What of a job its reader may know. An export holds what the pages would show the same person, and
nothing more: the department and auditors read bids, finance the chosen one, nobody before the
opening.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from ledger.reports.reading import FORBIDDEN_BOOKS, Reader, reader_of
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Office, User
from marketplace.refusals import Forbidden


@dataclass(slots=True)
class Sight:
    """One reader's eyes. The house itself, which no person is, reads as an auditor does."""

    reader: Reader
    is_house: bool
    both_sides: set[UUID] = field(default_factory=set)  # jobs that a provider of theirs may bid for

    def look_at(self, job_ids: Iterable[UUID]) -> None:
        """Find out on which of these jobs the reader sits with a bidder."""
        invited = Invitation.objects.filter(job__in=job_ids, provider__in=self.reader.providers)
        self.both_sides = set(invited.values_list("job_id", flat=True))

    @property
    def departments(self) -> frozenset[UUID] | None:
        """Whose books are theirs; None: everybody's."""
        return None if self.reads_all else self.reader.departments

    @property
    def reads_all(self) -> bool:
        return self.is_house or self.reader.reads_all_books

    def audits(self) -> bool:
        return self.is_house or self.reader.audits

    def buys(self, job: Job) -> bool:
        return self.reader.buys(job.department_id)

    def knows_bidders(self, job: Job) -> bool:
        """Who bid, once the bids are open."""
        return job.opened_at is not None and job.pk not in self.both_sides

    def reads_bids(self, job: Job) -> bool:
        """What each bid says."""
        return self.knows_bidders(job) and (self.buys(job) or self.audits())

    def knows_budget(self, job: Job) -> bool:
        """What the department set aside, and a ceiling that bidders may not know."""
        if self.buys(job) or Office.FINANCE in self.reader.offices:
            return True
        return self.audits() and job.opened_at is not None

    def knows_ceiling(self, job: Job) -> bool:
        return job.shows_ceiling or self.knows_budget(job)

    def knows_invited(self, job: Job) -> bool:
        return self.buys(job) or self.audits()

    def reads_objections(self, job: Job) -> bool:
        """What bidders objected to, and how it was decided."""
        return self.knows_bidders(job) and (self.buys(job) or self.reads_all)

    def reads_rating_words(self, job: Job) -> bool:
        """Finance reads the figures; what was written is for the two sides and for auditors."""
        return self.buys(job) or self.audits()


def sight_of(actor: User) -> Sight:
    """
    Return what a person may see.

    :raises Forbidden: the person belongs to no department and holds no office of the books.
    """
    sight = Sight(reader_of(actor), actor.is_system)
    if not (sight.reads_all or sight.reader.departments):
        raise Forbidden(FORBIDDEN_BOOKS)
    return sight
