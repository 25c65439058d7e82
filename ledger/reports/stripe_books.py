"""How the books and the balance at Stripe stand to each other: what is open, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from ledger import chart
from ledger.models.journal import Posting
from ledger.models.payouts import PartBack, Payout, PayoutStep, StepKind
from ledger.models.periods import Period
from ledger.models.stripe import BalanceMovement
from ledger.payout_states import amount_of
from ledger.reports.checks import Check, CheckRow
from ledger.reports.columns import Column, columns
from ledger.reports.reading import reader_of
from ledger.reports.years_paid import arrivals
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.refusals import require


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One line of the balance at Stripe, and what explains it."""

    movement_id: str
    kind: str
    amount: Money
    fee: Money
    source: str
    happened_at: datetime
    net: Money  # what it did to the balance
    payout_id: UUID | None  # of a transfer to a vendor, or of what came back of one
    provider_name: str
    arrived_at: datetime | None  # of a transfer: at the vendor's bank, and still there
    state: str  # matched, explained, open
    why: str  # why it is open, or how it was explained
    matched_by: str


COLUMNS: tuple[Column[MovementRow], ...] = columns(
    *("movement_id", "kind", "amount", "fee", "source"),
    *("happened_at", "state", "why", "matched_by"),
    *("net", "payout_id", "provider_name", "arrived_at"),
    currency=lambda row: row.amount.currency,
)


def stripe_movements(*, actor: User, only_open: bool = False) -> tuple[MovementRow, ...]:
    """
    Return the lines of the balance at Stripe, open ones first, for finance and auditors.

    :raises Forbidden: the actor holds neither office.
    """
    require(reader_of(actor).reads_all_books, "The books are for finance and auditors.")
    rows = BalanceMovement.objects.select_related("exception", "match__matched_by", "match__reason")
    if only_open:
        rows = rows.filter(match=None)
    found = list(rows.order_by("-happened_at", "-pk"))
    told = _rows(found)
    return tuple(sorted(told, key=lambda row: row.state != "open"))


def _rows(found: list[BalanceMovement]) -> list[MovementRow]:
    """Return the lines with the payout that Stripe's name for each belongs to."""
    names = {one.source for one in found if one.source}
    steps = PayoutStep.objects.filter(reference__in=names).select_related("payout__provider")
    backs = PartBack.objects.filter(reference__in=names).select_related("payout__provider")
    sent = {step.reference: step.payout for step in steps.filter(kind=StepKind.SENT)}
    back = {step.reference: step.payout for step in steps.filter(kind=StepKind.REVERSED)}
    back |= {part.reference: part.payout for part in backs}
    arrived = arrivals(payout.pk for payout in sent.values())
    return [
        _row(one, paid, arrived.get(paid.pk))
        if (paid := sent.get(one.source))
        else _row(one, back.get(one.source), None)  # what came back is at no vendor's bank
        for one in found
    ]


def state_of(one: BalanceMovement) -> tuple[str, str]:
    """Return how a line is matched, and why it is open or how it was explained."""
    match = getattr(one, "match", None)
    exception = getattr(one, "exception", None)
    words = match.reason.text if match and match.reason else ""
    state = "open" if match is None else "explained" if match.reason else "matched"
    return state, words or (exception.text if exception else "")


def _row(one: BalanceMovement, payout: Payout | None, arrived_at: datetime | None) -> MovementRow:
    match = getattr(one, "match", None)
    state, why = state_of(one)
    return MovementRow(
        movement_id=one.pk,
        kind=one.kind,
        amount=Money(one.amount_minor, one.currency),
        fee=Money(one.fee_minor, one.currency),
        source=one.source,
        happened_at=one.happened_at,
        net=Money(one.amount_minor - one.fee_minor, one.currency),
        payout_id=payout.pk if payout else None,
        provider_name=payout.provider.name if payout else "",
        arrived_at=arrived_at,
        state=state,
        why=why,
        matched_by=match.matched_by.name if match else "",
    )


def unseen(*, before: datetime) -> QuerySet[PayoutStep]:
    """Return what the books say Stripe moved, and its balance does not show."""
    shown = BalanceMovement.objects.filter(source=OuterRef("reference"))
    return PayoutStep.objects.filter(
        ~Exists(shown),
        kind__in=[StepKind.SENT, StepKind.REVERSED],
        payout__payee__method="stripe",
        happened_at__lt=before,
    )


def unclear(*, before: datetime) -> QuerySet[PayoutStep]:
    """Return attempts of which nobody knows what became of them."""
    same = PayoutStep.objects.filter(payout=OuterRef("payout"), attempt=OuterRef("attempt"))
    clear = same.filter(kind__in=[StepKind.SENT, StepKind.REFUSED])
    return PayoutStep.objects.filter(~Exists(clear), kind=StepKind.SENDING, happened_at__lt=before)


def balance_matched(period: Period, at: datetime) -> Check:
    """Whether every line of the balance at Stripe up to the month's end is explained."""
    after = _after(period.ends_on)
    open_lines = BalanceMovement.objects.filter(match=None, happened_at__lt=after)
    rows = [
        CheckRow(f"{one.id}, {Money(one.amount_minor, one.currency)}: {_why(one)}")
        for one in open_lines.select_related("exception").order_by("happened_at", "pk")
    ]
    late = unseen(before=min(after, at - timedelta(days=1))).select_related("payout")
    rows += [
        CheckRow(f"{step.reference}, {amount_of(step.payout)}: Stripe's balance does not show it.")
        for step in late
    ]
    rows += [
        CheckRow(f"A payout of {amount_of(step.payout)}: nobody knows whether it was made.")
        for step in unclear(before=after).select_related("payout")
    ]
    return Check(
        code="balance_matched",
        title="The balance at Stripe is explained",
        is_blocker=True,
        is_clear=not rows,
        says="Explain what is open, at Finance, Payouts."
        if rows
        else "Every line is matched by an entry, or explained.",
        rows=tuple(rows),
    )


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _why(one: BalanceMovement) -> str:
    exception = getattr(one, "exception", None)
    return exception.text if exception else "It is not matched yet."


def booked_balance() -> list[Money]:
    """Return what the books say stands at Stripe, by currency."""
    postings = Posting.objects.filter(account__code=chart.STRIPE_BALANCE)
    sums = postings.values_list("currency").annotate(net=Sum(F("debit_minor") - F("credit_minor")))
    return [Money(int(net), currency) for currency, net in sums.order_by("currency")]
