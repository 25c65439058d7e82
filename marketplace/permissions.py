"""Who may do what around departments, providers and jobs. Asked by verbs, pages and the API."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from marketplace.asking import asked_once, is_reading
from marketplace.compiled import Kept
from marketplace.models.departments import Department
from marketplace.models.people import IMPORTER_ID, Membership, Office, OfficeHeld, Role, User
from marketplace.models.providers import Provider


@asked_once
def offices_of(actor: User) -> frozenset[str]:
    """Return the offices of the company that the person holds."""
    return frozenset(_offices_held.all(actor.pk))


@asked_once
def places_of(actor: User) -> tuple[Membership, ...]:
    """Return the person's places now, in departments and with providers, by name."""
    return tuple(_places_held.all(actor.pk))


@Kept
def _offices_held(user: UUID) -> QuerySet[OfficeHeld, str]:
    return OfficeHeld.objects.filter(user=user, ended_at=None).values_list("office", flat=True)


@Kept
def _places_held(user: UUID) -> QuerySet[Membership]:
    seats = Membership.objects.current().filter(user=user)
    seats = seats.select_related("department", "provider")
    return seats.order_by("department__name", "provider__name", "pk")


def holds(actor: User, *offices: Office) -> bool:
    """Whether the person holds one of these offices of the company."""
    return not offices_of(actor).isdisjoint(offices)


def is_member(actor: User, of: Department | Provider, *roles: Role) -> bool:
    """Whether the person belongs to it now, in one of the roles if any is named."""
    if is_reading():
        return any(
            of.pk in (one.department_id, one.provider_id) and (not roles or one.role in roles)
            for one in places_of(actor)
        )
    seats = Membership.objects.current().filter(user=actor)
    seats = seats.filter(department=of) if isinstance(of, Department) else seats.filter(provider=of)
    if roles:
        seats = seats.filter(role__in=roles)
    return seats.exists()


def is_outsider(actor: User) -> bool:
    """Whether the person belongs to an outside vendor."""
    if is_reading():
        return any(one.provider and not one.provider.is_in_house for one in places_of(actor))
    return (
        Membership.objects.current()
        .filter(user=actor, provider__isnull=False, provider__department=None)
        .exists()
    )


def may_administer(actor: User) -> bool:
    """People, departments, providers, kinds of work."""
    return _imports(actor) or holds(actor, Office.ADMINISTRATOR)


def may_manage_money(actor: User) -> bool:
    """Budgets, rates, policies, periods, disputes."""
    return _imports(actor) or holds(actor, Office.FINANCE)


def may_audit(actor: User) -> bool:
    """Read all that is open, and verify it."""
    return holds(actor, Office.AUDITOR)


def may_invite_vendors(actor: User) -> bool:
    """Finance, and whoever heads a department."""
    heads = Membership.objects.current().filter(user=actor, role=Role.HEAD)
    return holds(actor, Office.FINANCE) or heads.exists()


def may_approve_vendors(actor: User) -> bool:
    """Finance; of whoever invited the vendor, the verb says no."""
    return holds(actor, Office.FINANCE)


def may_speak_for(actor: User, provider: Provider) -> bool:
    """Its lead says what a vendor is, accepts terms and declares."""
    return is_member(actor, provider, Role.LEAD)


def may_suspend(actor: User, provider: Provider) -> bool:
    """Administrators; of an outside vendor, finance too."""
    return may_administer(actor) or (not provider.is_in_house and holds(actor, Office.FINANCE))


def may_read_vendor(actor: User, provider: Provider) -> bool:
    """What a vendor said of itself: its own people, finance, auditors and administrators."""
    return is_member(actor, provider) or holds(actor, *Office)


def may_run_webhooks(actor: User) -> bool:
    """Say which other systems are told what happens."""
    return holds(actor, Office.FINANCE, Office.ADMINISTRATOR)


def may_redact(actor: User) -> bool:
    """Take abusive or personal words off the record, two people together."""
    return holds(actor, Office.AUDITOR, Office.ADMINISTRATOR)


def may_draft_for(actor: User, department: Department) -> bool:
    """Its requesters and heads, and the heads of the departments above it."""
    return _imports(actor) or _heads(actor, department) or is_member(actor, department)


def may_publish_for(actor: User, department: Department) -> bool:
    """Its heads, and the heads of the departments above it."""
    return _imports(actor) or _heads(actor, department)


def may_answer_interests(actor: User, department: Department) -> bool:
    """One level up: the heads of the departments above; auditors where there is none above."""
    above = department.lineage[1:]
    if not above:
        return may_audit(actor)
    return (
        Membership.objects.current()
        .filter(user=actor, role=Role.HEAD, department__in=above)
        .exists()
    )


def may_answer_for(actor: User, department: Department) -> bool:
    """Whoever may draft its jobs answers what is asked about them."""
    return may_draft_for(actor, department)


def may_manage_people_of(actor: User, of: Department | Provider) -> bool:
    """Administrators; the head of a department or of one above; the lead of a provider."""
    if may_administer(actor):
        return True
    if isinstance(of, Department):
        return _heads(actor, of)
    return is_member(actor, of, Role.LEAD)


def may_add_people(actor: User) -> bool:
    """Administrators, and whoever leads a department or a provider."""
    leads = Membership.objects.current().filter(user=actor, role__in=[Role.HEAD, Role.LEAD])
    return may_administer(actor) or leads.exists()


def _heads(actor: User, department: Department) -> bool:
    if is_reading():
        headed = {one.department_id for one in places_of(actor) if one.role == Role.HEAD}
        return not headed.isdisjoint(department.lineage)
    return (
        Membership.objects.current()
        .filter(user=actor, role=Role.HEAD, department__in=department.lineage)
        .exists()
    )


def _imports(actor: User) -> bool:
    # The record of another system says what both sides did: its importer acts for all of them.
    return actor.pk == IMPORTER_ID
