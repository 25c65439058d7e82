"""What a vendor says of itself before it may bid, and what of it is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.models.providers import Provider
from marketplace.models.vendors import Terms, TermsAcceptance, VendorDeclaration, VendorProfile

SAY = {
    "profile": "what the company is",
    "categories": "which kinds of work it does",
    "terms": "that it accepts the terms",
    "declaration": "who owns it, and any conflict",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a vendor says before it may bid: done since when and by whom, or missing."""

    code: str  # profile, categories, terms, declaration
    text: str
    is_done: bool
    by: str
    at: datetime | None


def missing_of(vendor: Provider) -> list[str]:
    """Return what a vendor has still to say before it is approved, in words."""
    ((_, said),) = all_said([vendor], terms_in_force())
    return [SAY[one.code] for one in said if not one.is_done]


def terms_in_force() -> Terms | None:
    """Return the terms that finance stated last; None until there are any."""
    return Terms.objects.order_by("-version").first()


def all_said(
    vendors: Sequence[Provider], terms: Terms | None
) -> list[tuple[Provider, tuple[Said, ...]]]:
    """Return what each has said, of these terms too, in as many questions for all as for one."""
    profiles = _latest(
        VendorProfile.objects.filter(provider__in=vendors)
        .order_by("said_at", "pk")
        .values_list("provider_id", "said_by__name", "said_at")
    )
    declared = _latest(
        VendorDeclaration.objects.filter(provider__in=vendors)
        .order_by("declared_at", "pk")
        .values_list("provider_id", "declared_by__name", "declared_at")
    )
    accepted = _latest(
        TermsAcceptance.objects.filter(provider__in=vendors, terms=terms).values_list(
            "provider_id", "accepted_by__name", "accepted_at"
        )
    )
    does = set(
        Provider.categories.through.objects.filter(provider__in=vendors).values_list(
            "provider_id", flat=True
        )
    )
    found = []
    for one in vendors:
        said = [_one("profile", profiles.get(one.pk))]
        said.append(Said("categories", SAY["categories"], one.pk in does, "", None))
        if terms is not None:
            said.append(_one("terms", accepted.get(one.pk)))
        said.append(_one("declaration", declared.get(one.pk)))
        found.append((one, tuple(said)))
    return found


Who = tuple[str, datetime]


def _latest(rows: Iterable[tuple[UUID, str, datetime]]) -> dict[UUID, Who]:
    return {provider: (name, at) for provider, name, at in rows}


def _one(code: str, who: Who | None) -> Said:
    by, at = who or ("", None)
    return Said(code, SAY[code], who is not None, by, at)
