"""Who takes part in an import: registered by the public verbs when first met, and once only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ledger.exchange.ocds.facts import Organisation
from marketplace.admission import add_category, admit_vendor, register_department, register_team
from marketplace.models.departments import Department
from marketplace.models.people import User
from marketplace.models.policies import BudgetControl, Policy
from marketplace.models.providers import Category, Provider
from marketplace.policies import IMPORTED, PolicyStated, state_policy

IN_FORCE_ON = date(1990, 1, 1)  # older than any date that a release is believed
EXPLANATION = (
    "For jobs that another system's publication tells of. Budgets are tracked and limit nothing, "
    "no minimum days, no team and vendor needed; one provider may stand with several bids, and "
    "a bid whose price was never opened is disqualified at the opening."
)
NOBODY = Organisation("no-buyer", "Buyer not named")
TEAMS = Organisation("in-house-teams", "In-house teams")
CATEGORIES = {"goods": "Goods", "works": "Works", "services": "Services"}
OTHER = "unspecified"


def state_imported_policy(*, importer: User, now: datetime) -> None:
    """State the policy that imported jobs run under, unless it is stated."""
    if Policy.objects.filter(code=IMPORTED).exists():
        return
    try:
        state_policy(
            actor=importer,
            code=IMPORTED,
            at=now,
            in_force_on=IN_FORCE_ON,
            explanation=EXPLANATION,
            budget_control=BudgetControl.TRACKED,
            minimum_days=0,
            needs_team_and_vendor=False,
            allows_variants=True,
        )
    except PolicyStated:
        return  # another import was a moment faster


@dataclass(frozen=True, slots=True)
class Known:
    """What one import has met before, by key: rows that stand for good, since none is deleted."""

    departments: dict[str, UUID] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)


def _remember(known: dict[str, UUID], key: str, id: UUID) -> UUID:
    # Only for good: what this release registered goes again if one of its steps is refused.
    transaction.on_commit(lambda: known.update({key: id}))
    return id


class Household:
    """The departments, providers and kinds of work of one publisher, as rows of the house."""

    def __init__(
        self, *, importer: User, publisher: str, in_house: Mapping[str, str], known: Known
    ) -> None:
        self.importer = importer
        self.publisher = publisher
        self.in_house = in_house  # a provider's key -> the key of the department it belongs to
        self.known = known

    def source_key(self, organisation: Organisation) -> str:
        """Return what an organisation is known by ever after: its own key, the publisher's too."""
        return fitted(f"{self.publisher}:{organisation.key}", 300)

    def department(self, buyer: Organisation, *, currency: str, at: datetime) -> UUID:
        """Return the department that a buyer is, registering it when it is new."""
        key = self.source_key(buyer)
        if key in self.known.departments:
            return self.known.departments[key]
        found = Department.objects.filter(source_key=key).values_list("pk", flat=True).first()
        if found:
            return _remember(self.known.departments, key, found)
        own = buyer.cost_centre
        if not own or Department.objects.filter(cost_centre=own).exists():
            own = fitted(key, 40)
        return register_department(
            actor=self.importer,
            name=buyer.name[:200],
            cost_centre=own,
            currency=currency,
            at=at,
            source_key=key,
        ).pk

    def providers(
        self, bidders: Iterable[Organisation], *, currency: str, at: datetime
    ) -> dict[str, UUID]:
        """Return the provider that each bidder is, by the bidder's key; new ones are admitted."""
        wanted = {self.source_key(bidder): bidder for bidder in bidders}
        rows = Provider.objects.filter(source_key__in=wanted).values_list("source_key", "pk")
        there = dict(rows)
        for key, bidder in wanted.items():
            if key not in there:
                there[key] = self._admitted(bidder, key, currency=currency, at=at)
        return {bidder.key: there[key] for key, bidder in wanted.items()}

    def category(self, code: str, *, at: datetime, name: str = "") -> UUID:
        """
        Return the kind of work that OCDS calls so; what it does not know is unspecified, unless
        a name for it is told.
        """
        code = code if code in CATEGORIES or name else OTHER
        if code in self.known.categories:
            return self.known.categories[code]
        found = Category.objects.filter(code=code).values_list("pk", flat=True).first()
        if found:
            return _remember(self.known.categories, code, found)
        name = CATEGORIES.get(code) or name or "Not specified"
        return add_category(actor=self.importer, code=code, name=name, at=at).pk

    def _admitted(self, bidder: Organisation, key: str, *, currency: str, at: datetime) -> UUID:
        home_key = self.in_house.get(bidder.key)
        if home_key is None and bidder.home is None:
            vendor = admit_vendor(
                actor=self.importer, name=bidder.name[:300], at=at, source_key=key
            )
            return vendor.pk
        listed = Organisation(home_key, home_key) if home_key else TEAMS
        home = listed if bidder.home is None or home_key is not None else bidder.home
        team = register_team(
            actor=self.importer,
            name=bidder.name[:300],
            department_id=self.department(home, currency=currency, at=at),
            at=at,
            source_key=key,
        )
        return team.pk


def fitted(text: str, longest: int) -> str:
    """Return a key as it is where it fits; else its beginning and a hash of the whole."""
    if len(text) <= longest:
        return text
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:20]
    return f"{text[: longest - 21]}~{digest}"
