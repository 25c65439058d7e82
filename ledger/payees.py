"""Saying how a vendor is paid. Whoever changes it sees it wait, and everybody concerned is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.models.payees import (
    LimitKind,
    Payee,
    PayeeConfirmation,
    PayeeReading,
    PayMethod,
    PayoutLimit,
)
from ledger.payability import refuse_other_payee
from ledger.payee_facts import FROZEN_FOR, PayeeFacts, payee_facts
from ledger.permissions import may_commit_payee, may_confirm_payee
from ledger.stripe_gateway import answering_a_person, gateway
from ledger.stripe_words import Account
from marketplace.history import Fact, record
from marketplace.models.events import Audience
from marketplace.models.people import Office, Role, User
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.notices import holders, people_of_provider, tell
from marketplace.permissions import may_administer, may_manage_money
from marketplace.refusals import Forbidden, ReasonMissing, Refusal, require
from marketplace.words import keep

COUNTRY = "DE"  # of a vendor that does not say its own


class NotAVendor(Refusal):
    """An in-house team is charged and credited, never paid."""

    code = "not_a_vendor"


class ReferenceMissing(Refusal):
    """A payee is known by something, and never by an account at a bank."""

    code = "reference_missing"
    field = "reference"


class AlreadyConfirmed(Refusal):
    """A payee is confirmed once."""

    code = "already_confirmed"


class OwnPayee(Forbidden):
    """Whoever said where the money goes does not say that it goes."""

    code = "own_payee"


class NotALimit(Refusal):
    """A limit is an amount, zero at least."""

    code = "not_a_limit"
    field = "limit"


@transaction.atomic(savepoint=False)
def pay_by_hand(*, actor: User, provider_id: UUID, reference: str, at: datetime) -> Payee:
    """
    Say that finance pays a vendor by the company's own bank program, and by which number the
    vendor is known there. Another person of finance confirms it.

    :raises Unknown: there is no such provider. :raises Forbidden: the actor is not of finance.
    :raises NotAVendor, ReferenceMissing: the rules say no.
    """
    vendor = Provider.objects.visible_to(actor).one(provider_id)
    require(may_manage_money(actor), "Finance says by which number the vendor is known.")
    _refuse_team(vendor)
    reference = reference.strip()
    if not reference or len(reference) > 60 or _is_a_bank_account(reference):
        raise ReferenceMissing("Give the number by which the bank program knows the vendor.")
    return _set(actor, vendor, PayMethod.BY_HAND, reference, at=at)


def open_stripe_account(
    *, actor: User, provider_id: UUID, at: datetime, country: str = ""
) -> Payee:
    """
    Open the vendor's account at Stripe, or return the one that it has. No database lock is held
    while Stripe is asked; asked twice, Stripe opens one account.

    :raises Unknown: there is no such provider. :raises Forbidden: the actor does not lead it.
    :raises NotAVendor, NoStripe: the rules say no.
    :raises StripeSilent, StripeRefused: Stripe does.
    """
    vendor = Provider.objects.visible_to(actor).one(provider_id)
    require(may_commit_payee(actor, vendor), "Whoever leads the vendor opens its account.")
    _refuse_team(vendor)
    known = Payee.objects.filter(provider=vendor, method=PayMethod.STRIPE)
    before = known.order_by("-set_at").first()
    facts = payee_facts(vendor.pk)
    if before is not None and facts is not None and facts.payee == before:
        return before
    with answering_a_person():
        account = (
            gateway().account(before.reference)
            if before
            else gateway().open_account(
                provider_id=vendor.pk, email=actor.email, country=country or COUNTRY
            )
        )
    with transaction.atomic(savepoint=False):
        payee = _set(actor, vendor, PayMethod.STRIPE, account.id, at=at)
        _note(payee, account, at=at)
    return payee


def onboarding_address(*, actor: User, provider_id: UUID, back: str, at: datetime) -> str:
    """
    Return the address at Stripe where the vendor gives what is asked, for one use and now.

    :raises Unknown, Forbidden, NotAVendor, NoStripe, StripeSilent, StripeRefused: as
        `open_stripe_account`.
    """
    payee = open_stripe_account(actor=actor, provider_id=provider_id, at=at)
    with answering_a_person():
        return gateway().onboarding_link(payee.reference, back=back, again=back)


@transaction.atomic(savepoint=False)
def confirm_payee(*, actor: User, payee_id: UUID, at: datetime) -> PayeeConfirmation:
    """
    Confirm, having asked the vendor by a way known from before, that a payee is the vendor's.

    :raises Unknown: there is no such payee. :raises Forbidden: the actor is not of finance.
    :raises OwnPayee, AlreadyConfirmed, PayeeChanged: the rules say no.
    """
    payee = Payee.objects.visible_to(actor).select_related("provider").one(payee_id)
    require(may_confirm_payee(actor), "Finance confirms how a vendor is paid.")
    if payee.set_by_id == actor.pk:
        raise OwnPayee("You said so yourself. Another person of finance confirms it.")
    if PayeeConfirmation.objects.filter(payee=payee).exists():
        raise AlreadyConfirmed("This was confirmed before.")
    refuse_other_payee(payee, payee_facts(payee.provider_id))
    confirmation = PayeeConfirmation.objects.create(
        payee=payee, confirmed_by=actor, confirmed_at=at
    )
    _record(actor, "payee.confirmed", payee, at=at)
    tell(
        "payee.confirmed",
        recipients=people_of_provider(payee.provider, Role.LEAD),
        text=f"{actor.name} of finance confirmed how “{payee.provider}” is paid.",
        because="you lead this vendor",
        at=at,
        subject=payee,
    )
    return confirmation


def read_account(*, payee_id: UUID, at: datetime) -> None:
    """Read a vendor's account at Stripe again, and note what changed."""
    payee = Payee.objects.select_related("provider").get(pk=payee_id)
    account = gateway().account(payee.reference)
    with transaction.atomic(savepoint=False):
        _note(payee, account, at=at)


@transaction.atomic(savepoint=False)
def state_payout_limit(
    *, actor: User, kind: str, limit: Money, reason: str, at: datetime
) -> PayoutLimit:
    """
    State above which amount a payout needs a second signature, or how much is approved in a day.
    Until the first is stated each payout is signed; until the second, a day has no limit.

    :raises Forbidden: only an administrator sets limits: not those whom they bind.
    :raises NotALimit, ReasonMissing: the rules say no.
    """
    require(may_administer(actor), "An administrator sets the limit, not those whom it binds.")
    if limit.minor < 0 or kind not in LimitKind.values:
        raise NotALimit("Give zero or more, for signatures or for a day.")
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")
    stated = PayoutLimit.objects.create(
        kind=kind,
        currency=limit.currency,
        limit_minor=limit.minor,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {
        "limit": kind,
        "limit_minor": limit.minor,
        "currency": limit.currency,
    }
    record(actor, "payout_limit.stated", stated, at=at, audience=Audience.COMPANY, facts=facts)
    return stated


def _refuse_team(provider: Provider) -> None:
    if provider.is_in_house:
        raise NotAVendor(f"“{provider}” is a team of the house. It is not paid.")


def _is_a_bank_account(text: str) -> bool:
    # An IBAN begins with a country, two digits, and has fifteen characters at least.
    plain = text.replace(" ", "")
    return len(plain) >= 15 and plain[:2].isalpha() and plain[2:4].isdigit()


def _set(actor: User, vendor: Provider, method: str, reference: str, *, at: datetime) -> Payee:
    before = payee_facts(vendor.pk)
    payee = Payee.objects.create(
        provider=vendor, method=method, reference=reference, set_by=actor, set_at=at
    )
    _record(actor, "payee.set", payee, at=at)
    if before is None:
        _tell(payee, f"{actor.name} said how “{vendor}” is paid. Finance confirms it.", at=at)
    else:
        _tell_frozen(payee, f"{actor.name} changed how “{vendor}” is paid.", at=at)
    return payee


def _note(payee: Payee, account: Account, *, at: datetime) -> None:
    """Note what Stripe says of an account, if it is anything new."""
    facts: PayeeFacts | None = payee_facts(payee.provider_id)
    last = PayeeReading.objects.filter(payee=payee).order_by("-read_at", "-pk").first()
    said = (account.may_receive, account.pays_out, list(account.due), account.disabled_reason)
    if last is not None:
        known = (last.may_receive, last.pays_out, last.due, last.disabled_reason)
        if said == known and bytes(last.destination) == account.destination:
            return
    PayeeReading.objects.create(
        payee=payee,
        may_receive=account.may_receive,
        pays_out=account.pays_out,
        due=list(account.due),
        disabled_reason=account.disabled_reason,
        destination=account.destination,
        read_at=at,
    )
    after = payee_facts(payee.provider_id)
    if facts and after and facts.frozen_until != after.frozen_until:
        _tell_frozen(
            payee, f"The bank account of “{payee.provider}” at Stripe is another one.", at=at
        )
    elif last is not None and last.may_receive and not account.may_receive:
        _tell(payee, f"Stripe lets “{payee.provider}” receive nothing for now.", at=at)


def _tell_frozen(payee: Payee, happened: str, *, at: datetime) -> None:
    until = at + FROZEN_FOR
    _tell(
        payee,
        f"{happened} Nothing is paid to it before {until:%d %B %Y, %H:%M} UTC. If this was not the"
        " vendor, tell finance now.",
        at=at,
    )


def _tell(payee: Payee, text: str, *, at: datetime) -> None:
    for recipients, because in (
        (people_of_provider(payee.provider), "it is about your company's money"),
        (holders(Office.FINANCE), "finance pays vendors"),
    ):
        tell("payee.set", recipients=recipients, text=text, because=because, at=at, subject=payee)


def _record(actor: User, kind: str, payee: Payee, *, at: datetime) -> None:
    record(
        actor,
        kind,
        payee,
        at=at,
        audience=Audience.PROVIDER,
        provider=payee.provider,
        facts={"method": str(payee.method), "reference": payee.reference},
    )
