"""
What a vendor pays back by its bank: a credit that came after it had been paid, and that is not set
off against what it is owed next.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from ledger import chart
from ledger.models.repayments import Repayment
from ledger.owing import receivable_from
from ledger.permissions import may_pay
from ledger.posting import EntryKind, Line, is_reversed, post_entry
from ledger.recovering import LOCK
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.people import Role, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import people_of_provider, tell
from marketplace.refusals import Refusal, require


class NotARepayment(Refusal):
    """A repayment brings something."""

    code = "not_a_repayment"
    field = "amount"


class MoreThanOwedBack(Refusal):
    """A vendor pays back what it owes back, and no more."""

    code = "more_than_owed_back"
    field = "amount"


class ArrivesLater(Refusal):
    """A repayment is noted when it has arrived."""

    code = "arrives_later"
    field = "arrived_on"


class DocumentMissing(Refusal):
    """A repayment is known by the bank's document."""

    code = "document_missing"
    field = "document"


class NotedDifferently(Refusal):
    """A repayment that is told of again is the same one, and still stands."""

    code = "noted_differently"
    field = "repayment_id"


class NotedBefore(Refusal):
    """A document of the bank is noted once."""

    code = "noted_before"
    field = "document"


@transaction.atomic(savepoint=False)
def note_repayment(
    *,
    actor: User,
    repayment_id: UUID,
    provider_id: UUID,
    amount: Money,
    document: str,
    arrived_on: date,
    at: datetime,
) -> Repayment:
    """
    Note that a vendor paid back by its bank what it owes back (entry 12c of the chart), in the
    month in which the money arrived.

    :param repayment_id: names the repayment; the same one again is not booked twice.
    :raises Unknown: there is no such provider. :raises Forbidden: the actor is not of finance.
    :raises NotARepayment, MoreThanOwedBack, ArrivesLater, DocumentMissing, NotedBefore,
        NotedDifferently: the rules say no.
    :raises PeriodClosed: the books of that month are closed.
    """
    vendor = Provider.objects.visible_to(actor).one(provider_id)
    require(may_pay(actor), "Finance notes what vendors pay back.")
    # The lock under which credits are set off: nobody takes the same receivable twice.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(vendor.pk)])
    same = Repayment.objects.filter(pk=repayment_id).first()
    if same is not None:
        told = (vendor.pk, amount, document.strip(), arrived_on)
        there = Money(same.amount_minor, same.currency)
        if told != (same.provider_id, there, same.document, same.arrived_on):
            raise NotedDifferently("This repayment was noted before, with other figures.")
        if is_reversed(same.pk):
            raise NotedDifferently("This repayment was noted and reversed since. Note it anew.")
        return same
    again = _times_reversed(vendor, document.strip())
    _refuse_impossible(vendor, amount, document=document, arrived_on=arrived_on, at=at)

    repayment = Repayment.objects.create(
        id=repayment_id,
        provider=vendor,
        currency=amount.currency,
        amount_minor=amount.minor,
        document=document.strip(),
        again=again,
        arrived_on=arrived_on,
        noted_by=actor,
        noted_at=at,
    )
    post_entry(
        actor=actor,
        kind=EntryKind.REPAID,
        source=repayment.pk,
        at=at,
        effective_on=arrived_on,
        lines=[
            Line.debit(chart.BANK, amount, provider=vendor.pk),
            Line.credit(chart.VENDOR_RECEIVABLE, amount, provider=vendor.pk),
        ],
        memo=repayment.document,
    )
    _say(repayment, amount, actor=actor, at=at)
    return repayment


def _times_reversed(vendor: Provider, document: str) -> int:
    """Return how often a document was noted and reversed. :raises NotedBefore: it stands."""
    before = Repayment.objects.filter(provider=vendor, document=document).order_by("again").last()
    if before is None:
        return 0
    if not is_reversed(before.pk):
        raise NotedBefore(f"“{document}” was noted on {before.noted_at:%d %B %Y}.")
    return before.again + 1


def _refuse_impossible(
    vendor: Provider, amount: Money, *, document: str, arrived_on: date, at: datetime
) -> None:
    if amount.minor <= 0:
        raise NotARepayment("Note more than zero.")
    owed_back = Money(receivable_from(vendor.pk, amount.currency), amount.currency)
    if amount > owed_back:
        raise MoreThanOwedBack(f"“{vendor}” owes back {owed_back}. What is more goes back to it.")
    if arrived_on > at.date():
        raise ArrivesLater("Note it once it has arrived.")
    if not document.strip():
        raise DocumentMissing("Say by which document the bank knows it.")


def _say(repayment: Repayment, amount: Money, *, actor: User, at: datetime) -> None:
    """Record it, and tell the vendor."""
    record(
        actor,
        "repayment.noted",
        repayment,
        at=at,
        audience=Audience.PROVIDER,
        provider=repayment.provider,
        facts={"amount_minor": amount.minor, "currency": amount.currency},
    )
    tell(
        "repayment.noted",
        recipients=people_of_provider(repayment.provider, Role.LEAD),
        text=f"{amount} that you paid back have arrived. Thank you.",
        because="you lead this vendor",
        at=at,
        subject=repayment,
    )
