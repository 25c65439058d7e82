"""
The vendors' chapter: terms, one on its way in, one suspended; and money: paid by hand, given back
by a bank, frozen, paid back after a credit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from ledger.crediting import resolve_dispute
from ledger.demonstration.company import PASSWORD
from ledger.demonstration.founding import Company
from ledger.disputing import raise_dispute
from ledger.models.payouts import PayoutPart
from ledger.payees import confirm_payee, pay_by_hand, state_payout_limit
from ledger.paying_by_hand import note_paid_by_hand, note_returned_by_hand
from ledger.payout_states import standing, steps_of
from ledger.repaying import note_repayment
from ledger.reports.vendor_accounts import vendors_owed
from ledger.settling import ask_payout
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.models.vendors import VendorInvitation
from marketplace.money import Money
from marketplace.suspension import restore_provider, suspend_provider
from marketplace.vendor_approval import state_terms
from marketplace.vendor_invitations import accept_vendor_invitation, invite_vendor
from marketplace.vendor_joining import (
    accept_terms,
    choose_categories,
    declare_owners,
    describe_company,
)
from marketplace.vendor_links import secret_of

TERMS = """\
1. A bid binds for the time it names. A chosen bid is the contract.
2. Work is paid within 20 days of its acceptance. Silence for 15 days is acceptance.
3. What is learned of the company stays between us.
4. Whoever is close to somebody of the company says so before bidding."""
LEGAL = {
    "vera": ("Vera & Co GmbH", "HRB 20417", "Hafenstrasse 12, 20457 Hamburg"),
    "lumen": ("Lumen Raumideen GmbH", "HRB 88120", "Spreeufer 3, 10178 Berlin"),
    "paperline": ("Paperline AG", "HRB 3316", "Am Wehr 1, 86153 Augsburg"),
    "brightwire": ("Brightwire GmbH", "HRB 51902", "Lindenhof 8, 50667 Köln"),
    "polyglot": ("Polyglot House GmbH", "HRB 7740", "Turmweg 5, 79098 Freiburg"),
    "cleanway": ("Cleanway GmbH", "HRB 12095", "Industriering 40, 28199 Bremen"),
}
GIVEN_BACK, FROZEN, SUSPENDED = "cleanway", "brightwire", "cleanway"


def introduce_vendors(company: Company, *, at: datetime) -> None:
    """State the terms; each vendor says what it is, accepts them and declares its owners."""
    terms = state_terms(actor=company.people["finn"], text=TERMS, at=at)
    for code, (legal_name, number, address) in LEGAL.items():
        lead = company.lead_of(code)
        _introduce(
            lead,
            company.providers[code],
            {"legal_name": legal_name, "register_number": number, "address": address},
            version=terms.version,
            at=at + timedelta(days=1),
        )


def _introduce(
    lead: User, provider_id: UUID, said: dict[str, Any], *, version: int, at: datetime
) -> None:
    words: dict[str, Any] = {"actor": lead, "provider_id": provider_id, "at": at}
    describe_company(country="DE", **said, **words)
    accept_terms(version=version, **words)
    declare_owners(owners=f"{lead.name}, 100 %.", conflict="", **words)


def play_vendors(company: Company, *, now: datetime) -> None:
    """One is invited, one waits for finance; the others are paid, one in vain, one not for now."""
    _invite(company, now)
    _pay(company, now)
    _pay_back(company, now)
    _suspend(company, now)


def _invite(company: Company, now: datetime) -> None:
    hanna, maya = company.people["hanna"], company.people["maya"]
    for actor, name, email, days in (
        (hanna, "Kindling Training", "rosa@kindling.example", 9),
        (maya, "Kestrel Film", "tilda@kestrel.example", 6),
    ):
        invitation = invite_vendor(
            actor=actor, email=email, company_name=name, at=now - timedelta(days=days)
        )
        sent = VendorInvitation.objects.filter(pk=invitation.pk)
        sent.update(sent_at=now - timedelta(days=days))
    tilda = accept_vendor_invitation(
        invitation_id=invitation.pk,
        secret=secret_of(invitation.pk),
        name="Tilda Kestrel",
        password=PASSWORD,
        at=now - timedelta(days=5),
    )
    film = Provider.objects.get(name="Kestrel Film")
    address = "Alte Werft 2, 18055 Rostock"
    said = {"legal_name": "Kestrel Film GmbH", "register_number": "HRB 9105", "address": address}
    at = now - timedelta(days=4)
    choose_categories(
        actor=tilda, provider_id=film.pk, category_ids=[company.categories["events"]], at=at
    )
    _introduce(tilda, film.pk, said, version=1, at=at)


def _pay(company: Company, now: datetime) -> None:
    """Selma says by which number the bank knows each, Finn confirms it and asks."""
    finn, selma = company.people["finn"], company.people["selma"]
    names = {id: code for code, id in company.providers.items()}
    state_payout_limit(
        actor=company.people["adam"],
        kind="signature",
        limit=Money.of(60_000, "EUR"),
        reason="More than a month of any vendor is seen by two people.",
        at=now - timedelta(days=40),
    )
    owed = vendors_owed(actor=finn, at=now)
    rows = [row for row in owed if row.payable.currency == "EUR" and row.payable.minor > 0]
    for number, row in enumerate(rows, start=1):
        payee = pay_by_hand(
            actor=selma,
            provider_id=row.provider_id,
            reference=f"{70_000 + number}",
            at=now - timedelta(days=30),
        )
        confirm_payee(actor=finn, payee_id=payee.pk, at=now - timedelta(days=29))
        payout = ask_payout(
            actor=finn,
            payout_id=uuid5(NAMESPACE_URL, f"payout/{names[row.provider_id]}"),
            provider_id=row.provider_id,
            currency="EUR",
            at=now - timedelta(days=3, hours=number),
        )
        if names[row.provider_id] == FROZEN:
            pay_by_hand(
                actor=selma,
                provider_id=row.provider_id,
                reference="80001",
                at=now - timedelta(days=1),
            )
        elif standing(payout, steps_of(payout.pk)).word == "approved":
            _paid(company, payout.pk, names[row.provider_id], number, now)


def _paid(company: Company, payout_id: UUID, code: str, number: int, now: datetime) -> None:
    words: dict[str, Any] = {"actor": company.people["finn"], "payout_id": payout_id}
    note_paid_by_hand(document=f"B-{number:04}", at=now - timedelta(days=2, hours=number), **words)
    if code == GIVEN_BACK:
        note_returned_by_hand(document=f"R-{number:04}", at=now - timedelta(days=1), **words)


def _pay_back(company: Company, now: datetime) -> None:
    """What was paid is credited in part a day later; most of that is paid back by the bank."""
    finn = company.people["finn"]
    paid = PayoutPart.objects.filter(payout__steps__kind="paid", milestone__isnull=False)
    rest = paid.exclude(payout__provider=company.providers[GIVEN_BACK])
    part = rest.order_by("-milestone__acceptance__accepted_at").first()
    assert part is not None
    assert part.milestone_id is not None
    code = next(one for one, id in company.departments.items() if id == part.award.department_id)
    dispute = raise_dispute(
        actor=company.head_of(code),
        milestone_id=part.milestone_id,
        amount=Money.of(400, "EUR"),
        reason="Two of the days on the bill were spent on another customer's work.",
        at=now - timedelta(hours=26),
    )
    resolve_dispute(
        actor=finn,
        dispute_id=dispute.pk,
        credit=Money.of(250, "EUR"),
        reason="One of the two; both sides agree.",
        at=now - timedelta(hours=20),
    )
    note_repayment(
        actor=finn,
        repayment_id=uuid5(NAMESPACE_URL, "repayment"),
        provider_id=part.award.provider_id,
        amount=Money.of(150, "EUR"),
        document="Statement 47, line 3",
        arrived_on=(now - timedelta(hours=2)).date(),
        at=now - timedelta(hours=2),
    )


def _suspend(company: Company, now: datetime) -> None:
    """One returned from a suspension in the spring; one is suspended now."""
    finn, words = company.people["finn"], {"provider_id": company.providers["polyglot"]}
    reason, back = "Its insurance ran out.", "The new policy lies before us."
    suspend_provider(actor=finn, reason=reason, at=now - timedelta(days=200), **words)
    restore_provider(actor=finn, reason=back, at=now - timedelta(days=193), **words)
    suspend_provider(
        actor=finn,
        provider_id=company.providers[SUSPENDED],
        reason="Its bank gave a payment back, and nobody there answers since.",
        at=now - timedelta(hours=6),
    )
