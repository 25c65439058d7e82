"""What of a vendor's claims can be paid now, and what stands against paying them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Sum

from ledger import recovering
from ledger.models.payees import LimitKind, Payee
from ledger.models.payouts import Payout, PayoutPart, PayoutStep, StepKind
from ledger.owing import OwedPart, payable_to, receivable_from
from ledger.payee_facts import PayeeFacts, payee_facts, payout_limit
from ledger.stripe_words import finest
from marketplace.models.jobs import Job
from marketplace.models.people import User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.refusals import Forbidden, Refusal

DAY_LOCK = 7321  # of advisory locks: what is approved in a day


class NothingOwed(Refusal):
    """Nothing can be paid now."""

    code = "nothing_owed"


class PayeeMissing(Refusal):
    """Nobody said how the vendor is paid."""

    code = "payee_missing"


class PayeeUnconfirmed(Refusal):
    """Finance has not confirmed how the vendor is paid."""

    code = "payee_unconfirmed"


class PayeeFrozen(Refusal):
    """How the vendor is paid was changed a short time ago."""

    code = "payee_frozen"


class PayeeNotReady(Refusal):
    """Stripe lets the vendor receive nothing yet."""

    code = "payee_not_ready"


class PayeeChanged(Refusal):
    """The vendor is paid in another way now than what is answered for says."""

    code = "payee_changed"


class EditorOfPayee(Forbidden):
    """Whoever said where the money goes does not say that it goes."""

    code = "editor_of_payee"


class NoLongerOwed(Refusal):
    """What was owed when the payout was asked for is not owed any more."""

    code = "no_longer_owed"


class AlreadyAskedFor(Refusal):
    """What a vendor is owed was asked for, and waits to be approved."""

    code = "already_asked_for"


class AboveDailyLimit(Refusal):
    """More than may be approved in a day."""

    code = "above_daily_limit"


def payable_payee(*, actor: User, vendor: Provider, at: datetime) -> PayeeFacts:
    """Return how a vendor is paid, if it can be paid so now and by this person."""
    facts = payee_facts(vendor.pk)
    if facts is None:
        raise PayeeMissing(f"“{vendor}” has not said how it is paid.")
    if facts.payee.set_by_id == actor.pk:
        raise EditorOfPayee("You said how this vendor is paid. Another person of finance pays it.")
    if not facts.is_confirmed:
        raise PayeeUnconfirmed(f"How “{vendor}” is paid is not confirmed yet.")
    if facts.is_frozen(at):
        raise PayeeFrozen(
            f"How “{vendor}” is paid was changed. Nothing is paid to it before"
            f" {facts.frozen_until:%d %B %Y, %H:%M} UTC."
        )
    if not facts.may_receive:
        raise PayeeNotReady(f"Stripe still asks something of “{vendor}”.")
    return facts


def refuse_changed(payout: Payout, payee: PayeeFacts) -> None:
    """:raises PayeeChanged: so it is. While a payout waits, no other one is asked for."""
    if payee.payee.pk != payout.payee_id:
        then = (
            "Ask for another payout." if hasattr(payout, "answer") else "Decline it and ask anew."
        )
        raise PayeeChanged(f"The vendor is paid in another way now. {then}")


def refuse_other_payee(payee: Payee, facts: PayeeFacts | None) -> None:
    """:raises PayeeChanged: another way was said after this one, which nobody confirms any more."""
    if facts is None or facts.payee.pk != payee.pk:
        raise PayeeChanged("The vendor is paid in another way now. Look at that one.")


def refuse_asked_for(provider_id: UUID, currency: str) -> None:
    """:raises AlreadyAskedFor: a payout waits that takes all that is owed. The vendor is held."""
    found = Payout.objects.filter(provider=provider_id, currency=currency, answer=None)
    waiting = found.select_related("asked_by").order_by("asked_at").first()
    if waiting is not None:
        amount = Money(waiting.amount_minor, currency)
        raise AlreadyAskedFor(
            f"{waiting.asked_by.name} asked for {amount} on {waiting.asked_at:%d %B %Y}, which"
            " another person of finance approves. If more is owed by now, decline it and ask anew."
        )


def jobs_of(payout: Payout) -> list[UUID]:
    return list(payout.parts.values_list("award__job", flat=True))


def locked_owed(provider_id: UUID, currency: str, *, jobs: Sequence[UUID] = ()) -> list[OwedPart]:
    """
    Return what is payable, under the locks of its jobs and then of the vendor: in the order of
    every other verb, and the jobs in the order of their ids.
    """
    wanted = {*jobs, *(part.job for part in payable_to(provider_id, currency))}
    list(Job.objects.filter(pk__in=wanted).order_by("pk").select_for_update().values_list("pk"))
    recovering.hold_vendor(provider_id)
    return [part for part in payable_to(provider_id, currency) if part.job in wanted]


def parts_of(
    owed: Iterable[OwedPart], receivable: int, payee: PayeeFacts, currency: str
) -> list[PayoutPart]:
    """Return what is paid and what is set off, the oldest work first."""
    owed = list(owed)
    total = sum(part.payable for part in owed)
    set_off = min(receivable, total)
    left = set_off
    step = 1 if payee.is_by_hand else finest(currency)
    spare = (total - set_off) % step  # too fine for Stripe: it stays owed
    parts = []
    for part in owed:
        recovered = min(left, part.payable)
        left -= recovered
        amount = part.payable - recovered
        if amount or recovered:
            parts.append(
                PayoutPart(
                    award_id=part.award,
                    milestone_id=part.milestone,
                    amount_minor=amount,
                    recovered_minor=recovered,
                )
            )
    for paid in reversed(parts):
        less = min(spare, paid.amount_minor)
        paid.amount_minor -= less
        spare -= less
    return [part for part in parts if part.amount_minor or part.recovered_minor]


def refuse_unowed(payout: Payout, *, attempt: int) -> None:
    """
    Refuse what is not owed as it was: of a part less is owed now, or the vendor owes other back
    than is set off. Read it under the locks.

    :raises NoLongerOwed: so it is.
    """
    owed = {
        (part.award, part.milestone): part.payable
        for part in payable_to(payout.provider_id, payout.currency)
    }
    first = attempt == 1  # what was set off, was set off by the first one
    parts = list(payout.parts.all())
    short = any(
        part.amount_minor + (part.recovered_minor if first else 0)
        > owed.get((part.award_id, part.milestone_id), 0)
        for part in parts
    )
    back = receivable_from(payout.provider_id, payout.currency)
    set_off = sum(part.recovered_minor for part in parts) if first else 0
    if short or set_off != back:
        then = "Decline it and ask anew." if first else "Ask for another payout."
        raise NoLongerOwed(f"Since it was asked for, what is owed has changed. {then}")


def refuse_beyond_day(amount: Money, *, at: datetime) -> None:
    """:raises AboveDailyLimit: with it, more would be approved today than may be."""
    limit = payout_limit(LimitKind.DAILY, amount.currency)
    if limit is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [DAY_LOCK, amount.currency]
        )
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    went = ~Exists(
        PayoutStep.objects.filter(
            payout=OuterRef("payout"), attempt=OuterRef("attempt"), kind=StepKind.REFUSED
        )
    )
    approved = PayoutStep.objects.filter(
        went, kind=StepKind.APPROVED, happened_at__gte=day, payout__currency=amount.currency
    ).aggregate(sum=Sum("payout__amount_minor"))
    today = Money(approved["sum"] or 0, amount.currency)
    if today + amount > limit:
        raise AboveDailyLimit(f"{today} of {limit} are approved today. Approve this tomorrow.")
