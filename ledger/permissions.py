"""Who may do what once a job has been opened. Asked by verbs, pages and API alike."""

from __future__ import annotations

from ledger.models.awards import Award
from ledger.models.ratings import RatingSide
from marketplace.models.jobs import Job
from marketplace.models.people import Role, User
from marketplace.permissions import (
    is_member,
    may_draft_for,
    may_manage_money,
    may_publish_for,
)
from marketplace.system import CLOCK_ID, IMPORTER_ID


def may_choose(actor: User, job: Job) -> bool:
    """The head of the department, or of one above it, chooses."""
    return may_publish_for(actor, job.department)


def may_accept(actor: User, award: Award) -> bool:
    """The department that ordered the work accepts it, or sends it back."""
    return may_draft_for(actor, award.department)


def may_accept_by_silence(actor: User) -> bool:
    """The clock accepts what nobody answered in time."""
    return actor.pk == CLOCK_ID


def may_reveal(actor: User) -> bool:
    """The clock opens the ratings when their time is over."""
    return actor.pk == CLOCK_ID


def may_deliver(actor: User, award: Award) -> bool:
    """Anybody of the provider hands over its work."""
    return _imports(actor) or is_member(actor, award.provider)


def may_commit_department(actor: User, award: Award) -> bool:
    """The head binds the department: to a change, or to contesting a charge."""
    return may_publish_for(actor, award.department)


def may_commit_provider(actor: User, award: Award) -> bool:
    """The lead binds the provider."""
    return _imports(actor) or is_member(actor, award.provider, Role.LEAD)


def may_resolve(actor: User) -> bool:
    """Finance settles disputes."""
    return may_manage_money(actor)


def may_rate(actor: User, award: Award, side: str) -> bool:
    """The department rates the provider; the provider's lead rates the department."""
    if side == RatingSide.DEPARTMENT:
        return may_draft_for(actor, award.department)
    return may_commit_provider(actor, award)


def _imports(actor: User) -> bool:
    # The record of another system says what both sides did: its importer acts for all of them.
    return actor.pk == IMPORTER_ID
