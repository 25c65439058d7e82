"""What a vendor says of itself before it may bid, and again when it changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.history import Fact, HasId, record
from marketplace.models.events import Audience
from marketplace.models.people import Office, User
from marketplace.models.providers import Category, Provider
from marketplace.models.vendors import (
    Terms,
    TermsAcceptance,
    VendorDeclaration,
    VendorProfile,
)
from marketplace.notices import holders, tell
from marketplace.permissions import may_speak_for
from marketplace.refusals import Refusal, Unknown, require
from marketplace.vendor_said import missing_of
from marketplace.words import keep

LONGEST = {"legal_name": 300, "register_number": 60, "tax_number": 60, "address": 500}


class NotFromOutside(Refusal):
    """A team of the house is not asked for this."""

    code = "not_from_outside"


class ProfileIncomplete(Refusal):
    """A company has a legal name, a number in a register, a country and an address."""

    code = "profile_incomplete"


class NoKindOfWork(Refusal):
    """A vendor does something."""

    code = "no_kind_of_work"
    field = "category_ids"


class NotTheLatestTerms(Refusal):
    """Only the latest terms are accepted."""

    code = "not_the_latest_terms"
    field = "version"


class DeclarationIncomplete(Refusal):
    """A declaration says who owns the company, and what a conflict is."""

    code = "declaration_incomplete"
    field = "owners"


@transaction.atomic(savepoint=False)
def describe_company(
    *,
    actor: User,
    provider_id: UUID,
    legal_name: str,
    register_number: str,
    country: str,
    address: str,
    at: datetime,
    tax_number: str = "",
) -> VendorProfile:
    """
    Say what the actor's company is. What was said before stays on the record.

    :raises Unknown: there is no such vendor. :raises Forbidden: the actor does not lead it.
    :raises NotFromOutside, ProfileIncomplete: the rules say no.
    """
    vendor = _own(actor, provider_id)
    said = {
        "legal_name": legal_name.strip(),
        "register_number": register_number.strip(),
        "tax_number": tax_number.strip(),
        "address": address.strip(),
    }
    for name, text in said.items():
        if len(text) > LONGEST[name] or (not text and name != "tax_number"):
            raise _at(
                name,
                ProfileIncomplete(
                    "Give the legal name, the number in the register and the address."
                ),
            )
    if not re.fullmatch(r"[A-Z]{2}", country):
        text = "Give the country by its two letters, like DE."
        raise _at("country", ProfileIncomplete(text))
    profile = VendorProfile.objects.create(
        provider=vendor, country=country, said_by=actor, said_at=at, **said
    )
    _record(actor, "vendor.described", profile, vendor, at=at)
    _tell_if_ready(vendor, at=at, changed="what it is")
    return profile


@transaction.atomic(savepoint=False)
def choose_categories(
    *, actor: User, provider_id: UUID, category_ids: Iterable[UUID], at: datetime
) -> Provider:
    """
    Say which kinds of work the actor's company does.

    :raises Unknown: no such vendor or kind. :raises Forbidden: the actor does not lead it.
    :raises NotFromOutside, NoKindOfWork: the rules say no.
    """
    vendor = _own(actor, provider_id)
    wanted = set(category_ids)
    kinds = list(Category.objects.filter(pk__in=wanted).order_by("code"))
    if len(kinds) != len(wanted):
        raise Unknown("There is no such kind of work.")
    if not kinds:
        raise NoKindOfWork("Choose one at least.")
    vendor.categories.set(kinds)
    facts: dict[str, Fact] = {"categories": ",".join(kind.code for kind in kinds)}
    _record(actor, "vendor.does", vendor, vendor, at=at, facts=facts)
    _tell_if_ready(vendor, at=at)
    return vendor


@transaction.atomic(savepoint=False)
def accept_terms(*, actor: User, provider_id: UUID, version: int, at: datetime) -> TermsAcceptance:
    """
    Accept the latest terms for the actor's company; accepted again, it is the first acceptance.

    :raises Unknown: there is no such vendor. :raises Forbidden: the actor does not lead it.
    :raises NotFromOutside, NotTheLatestTerms: the rules say no.
    """
    vendor = _own(actor, provider_id)
    last = Terms.objects.order_by("-version").first()
    if last is None or last.version != version:
        raise NotTheLatestTerms("There are newer terms, or none. Read them and accept those.")
    before = TermsAcceptance.objects.filter(provider=vendor, terms=last).first()
    if before is not None:
        return before
    accepted = TermsAcceptance.objects.create(
        provider=vendor, terms=last, accepted_by=actor, accepted_at=at
    )
    facts: dict[str, Fact] = {"version": version}
    _record(actor, "terms.accepted", accepted, vendor, at=at, facts=facts)
    _tell_if_ready(vendor, at=at)
    return accepted


@transaction.atomic(savepoint=False)
def declare_owners(
    *, actor: User, provider_id: UUID, owners: str, conflict: str, at: datetime
) -> VendorDeclaration:
    """
    Declare who owns the actor's company, and whom of the house its people are close to.

    :param conflict: what it is; empty says that there is none.
    :raises Unknown: there is no such vendor. :raises Forbidden: the actor does not lead it.
    :raises NotFromOutside, DeclarationIncomplete: the rules say no.
    """
    vendor = _own(actor, provider_id)
    if not owners.strip():
        raise DeclarationIncomplete(
            "Name everybody who owns or controls a quarter or more, or say that nobody does."
        )
    declared = VendorDeclaration.objects.create(
        provider=vendor,
        owners=keep(owners.strip(), at=at),
        has_conflict=bool(conflict.strip()),
        conflict=keep(conflict.strip(), at=at) if conflict.strip() else None,
        declared_by=actor,
        declared_at=at,
    )
    facts: dict[str, Fact] = {"conflict": int(declared.has_conflict)}
    _record(actor, "vendor.declared", declared, vendor, at=at, facts=facts)
    _tell_if_ready(vendor, at=at, changed="who owns it, or a conflict")
    return declared


def _at(field: str, refusal: Refusal) -> Refusal:
    refusal.field = field
    return refusal


def _own(actor: User, provider_id: UUID) -> Provider:
    vendor = Provider.objects.visible_to(actor).lock(provider_id)
    require(may_speak_for(actor, vendor), "Whoever leads the vendor speaks for it.")
    if vendor.is_in_house:
        raise NotFromOutside(f"“{vendor}” is a team of the house.")
    return vendor


def _tell_if_ready(vendor: Provider, *, at: datetime, changed: str = "") -> None:
    """Tell finance when nothing is missing any more; of an approved vendor, what it changed."""
    if vendor.approved_at is not None:
        text = f"“{vendor}” changed {changed}." if changed else ""
    else:
        text = "" if missing_of(vendor) else f"“{vendor}” is ready to be approved."
    if text:
        tell(
            "vendor.ready",
            recipients=holders(Office.FINANCE),
            text=text,
            because="finance approves vendors",
            at=at,
            subject=vendor,
        )


def _record(
    actor: User,
    kind: str,
    subject: HasId,
    vendor: Provider,
    *,
    at: datetime,
    facts: dict[str, Fact] | None = None,
) -> None:
    record(
        actor,
        kind,
        subject,
        at=at,
        audience=Audience.PROVIDER,
        provider=vendor,
        facts=facts,
    )
