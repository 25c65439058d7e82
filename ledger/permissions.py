"""Who may do what once a job has been opened. Asked by verbs, pages and API alike."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.models.awards import Award, ChangeOrder
from ledger.models.cancellations import CancellationOffer
from ledger.models.ratings import RatingSide
from ledger.models.signatures import ChoiceAnswer
from marketplace.asking import asked_once
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.models.people import Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider
from marketplace.permissions import (
    holds,
    is_member,
    may_audit,
    may_draft_for,
    may_manage_money,
    may_publish_for,
)
from marketplace.sides import bidding_side
from marketplace.system import CLOCK_ID, IMPORTER_ID


def may_choose(actor: User, job: Job) -> bool:
    """The head of the department, or of one above it, chooses."""
    return may_publish_for(actor, job.department)


def may_sign_choice(actor: User, job: Job, wanted_by_id: UUID) -> bool:
    """A head of the department, or of one above it, other than the one who would choose."""
    return may_publish_for(actor, job.department) and actor.pk != wanted_by_id


def may_accept(actor: User, award: Award) -> bool:
    """The department that ordered the work accepts it, or sends it back."""
    return may_draft_for(actor, award.department)


def may_accept_by_silence(actor: User) -> bool:
    """The clock accepts what nobody answered in time."""
    return actor.pk == CLOCK_ID


def may_release_by_time(actor: User) -> bool:
    """The clock gives what was kept back when its days are over."""
    return actor.pk == CLOCK_ID


def may_override(actor: User, job: Job) -> bool:
    """A head above the department, whose own budget bears the difference."""
    return overriding_department(actor, job) is not None


@asked_once
def overriding_department(actor: User, job: Job) -> Department | None:
    """Return the nearest department above a job's that the person heads."""
    above = job.department.lineage[1:]  # nearest first
    seats = Membership.objects.current().filter(user=actor, role=Role.HEAD, department__in=above)
    headed = {seat.department_id: seat.department for seat in seats.select_related("department")}
    return next((headed[each] for each in above if each in headed), None)


def may_decide_objection(actor: User, award: Award) -> bool:
    """
    A head above the department, or an auditor; nobody who chose, signed, judged, wrote or
    published the job, and nobody who stands with a provider that was invited.
    """
    return deciders_of(award).filter(pk=actor.pk).exists()


def deciders_of(award: Award) -> QuerySet[User]:
    """Return the people who may decide an objection to this choice: one level up, or auditors."""
    seats, job = Membership.objects.current(), award.job
    heads = seats.filter(role=Role.HEAD, department__in=award.department.lineage[1:])
    own = seats.filter(department=award.department)
    invited = seats.filter(provider__in=job.invitations.values("provider_id"))
    auditors = OfficeHeld.objects.filter(office=Office.AUDITOR, ended_at=None)
    signed = ChoiceAnswer.objects.filter(award=award).values_list("answered_by", flat=True)
    judged = job.panel.values_list("user", flat=True)
    took_part = {award.chosen_by_id, job.author_id, job.published_by_id, *signed, *judged}
    involved = [one for one in {*took_part, *bidding_side(job)} if one is not None]
    return (
        User.objects.filter(is_active=True)
        .filter(Q(pk__in=heads.values("user_id")) | Q(pk__in=auditors.values("user_id")))
        .exclude(pk__in=involved)
        .exclude(pk__in=own.values("user_id"))
        .exclude(pk__in=invited.values("user_id"))
    )


def may_sign(actor: User, change: ChangeOrder, award: Award) -> bool:
    """A head of the department, or of one above it, other than the one who proposed it."""
    return may_commit_department(actor, award) and change.proposed_by_id != actor.pk


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


def may_agree(actor: User, change: ChangeOrder, award: Award) -> bool:
    """The side that did not propose the change; never the person who did."""
    if change.proposed_by_id == actor.pk and not actor.is_system:
        return False
    if change.pk in proposed_by_providers([change]):
        return may_commit_department(actor, award)
    return may_commit_provider(actor, award)


def may_agree_to_end(actor: User, offer: CancellationOffer, award: Award) -> bool:
    """The side that did not offer to end the work; never the person who did."""
    if offer.offered_by_id == actor.pk and not actor.is_system:
        return False
    if offer.by_provider:
        return may_commit_department(actor, award)
    return may_commit_provider(actor, award)


def may_allow_late_charge(actor: User) -> bool:
    """Finance allows a charge that comes too late."""
    return may_manage_money(actor)


def may_state_rates(actor: User) -> bool:
    """Finance states at which rate other currencies are booked."""
    return may_manage_money(actor)


def may_settle_currency(actor: User) -> bool:
    """Finance, or the clock that pays: whoever books what a payment cost."""
    return actor.pk == CLOCK_ID or may_manage_money(actor)


def proposed_by_providers(changes: Iterable[ChangeOrder]) -> set[UUID]:
    """
    Return which of these changes the provider's side proposed: whoever did belonged to it at
    that moment. They may have left since, and the change is the provider's all the same.
    """
    changes = list(changes)
    seats = Membership.objects.filter(
        user__in={change.proposed_by_id for change in changes}, provider__isnull=False
    ).values_list("user", "provider", "since_at", "ended_at")
    return {
        change.pk
        for change in changes
        for user, provider, since_at, ended_at in seats
        if (user, provider) == (change.proposed_by_id, change.award.provider_id)
        and since_at <= change.proposed_at
        and (ended_at is None or change.proposed_at < ended_at)
    }


def may_resolve(actor: User) -> bool:
    """Finance settles disputes."""
    return may_manage_money(actor)


def may_ask_for_a_check(actor: User) -> bool:
    """Whoever watches over the record has it checked."""
    return holds(actor, Office.AUDITOR, Office.FINANCE, Office.ADMINISTRATOR)


def may_close(actor: User) -> bool:
    """Finance closes months, and asks for one to be reopened."""
    return may_manage_money(actor)


def may_cosign_reopening(actor: User) -> bool:
    """A second person of finance, or an auditor, signs the reopening of a month."""
    return may_manage_money(actor) or may_audit(actor)


def may_correct(actor: User) -> bool:
    """Finance takes entries back: one asks, a second one signs."""
    return may_manage_money(actor)


def may_commit_payee(actor: User, provider: Provider) -> bool:
    """Whoever leads a vendor says where its money goes; finance confirms it."""
    return is_member(actor, provider, Role.LEAD)


def may_confirm_payee(actor: User) -> bool:
    """Finance confirms how a vendor is paid."""
    return may_manage_money(actor)


def may_pay(actor: User) -> bool:
    """Finance asks for payouts, approves them and looks after them."""
    return may_manage_money(actor)


def may_send(actor: User) -> bool:
    """The clock sends what is approved, and notes what Stripe says."""
    return actor.pk == CLOCK_ID


def may_rate(actor: User, award: Award, side: str) -> bool:
    """The department rates the provider; the provider's lead rates the department."""
    if side == RatingSide.DEPARTMENT:
        return may_draft_for(actor, award.department)
    return may_commit_provider(actor, award)


def _imports(actor: User) -> bool:
    # The record of another system says what both sides did: its importer acts for all of them.
    return actor.pk == IMPORTER_ID
