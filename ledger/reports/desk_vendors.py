"""On the desk of finance and of vendors: who comes in, how each is paid, and payouts that wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from ledger.models.payees import Payee, PayeeConfirmation
from ledger.models.payouts import Payout, PayoutStep, StepKind
from ledger.owing import vendor_balances
from ledger.payee_facts import PayeeFacts, payees_facts
from ledger.payout_states import REMEMBERED, Standing, amount_of, standing
from ledger.reports.desk_jobs import MOST
from ledger.reports.open_items import OpenItem
from ledger.reports.payouts import approval_held
from ledger.reports.reading import Reader
from marketplace.models.people import Office
from marketplace.models.providers import Provider
from marketplace.models.vendors import VendorInvitation
from marketplace.together import gathered
from marketplace.vendor_said import all_said, terms_in_force

SECOND = "Another person of finance"
FAILED = ("failed", "returned")
LOST = ("sending", "unknown")


def vendor_items(reader: Reader, at: datetime) -> list[OpenItem]:
    """Return what waits between the company and its vendors, for finance and for who leads one."""
    finance = Office.FINANCE in reader.offices
    if not (finance or reader.leads):
        return []
    return gathered(
        lambda: _payees(reader) if finance else [],
        lambda: _coming_in(reader, finance=finance),
        lambda: _payouts(reader, at, finance=finance),
        lambda: _own_money(reader) if reader.leads else [],
    )


def _coming_in(reader: Reader, *, finance: bool) -> Iterator[OpenItem]:
    """Vendors that are not approved: what each has still to say, or finance's answer."""
    own = Q() if finance else Q(pk__in=reader.leads)
    found = Provider.objects.filter(own, department=None, approved_at=None, suspended_at=None)
    # Those who came last: many begin and never finish, and must not stand before who did.
    vendors = [*reversed(found.order_by("-admitted_at", "-pk")[:MOST])]
    if not vendors:
        return
    invited = VendorInvitation.objects.filter(provider__in=vendors, is_new_company=True)
    inviters = dict(invited.values_list("provider", "invited_by"))
    for one, said in all_said(vendors, terms_in_force()):
        missing = [each.text for each in said if not each.is_done]
        since = max((each.at for each in said if each.at), default=one.admitted_at)
        mine = one.pk in reader.leads
        if missing:
            if mine:
                yield _item(
                    "introduce_vendor",
                    f"Say what “{one}” is and does",
                    subject=one.pk,
                    what=f"Still to say: {', '.join(missing)}.",
                    since=one.admitted_at,
                    then="Finance approves it, and it may be invited, and bid.",
                )
            continue
        answers = finance and inviters.get(one.pk) != reader.user.pk
        yield _item(
            "approve_vendor",
            f"Approve “{one}”, or say what is missing" if answers else f"“{one}” waits for finance",
            subject=one.pk,
            what="It has said all that is asked of a vendor.",
            who="You" if answers else SECOND if finance else "Finance",
            since=since,
            then="It may be invited, and bid.",
        )


def _payees(reader: Reader) -> Iterator[OpenItem]:
    """How a vendor is paid, which another person of finance confirms."""
    later = Payee.objects.filter(provider=OuterRef("provider"), set_at__gt=OuterRef("set_at"))
    confirmed = PayeeConfirmation.objects.filter(payee=OuterRef("pk"))
    waiting = Payee.objects.filter(~Exists(later), ~Exists(confirmed))
    for one in waiting.select_related("provider", "set_by").order_by("set_at")[:MOST]:
        mine = one.set_by_id != reader.user.pk
        yield _item(
            "confirm_payee",
            f"Confirm how “{one.provider}” is paid"
            if mine
            else f"How “{one.provider}” is paid waits to be confirmed",
            subject=one.pk,
            what=f"{one.set_by.name} said so. Ask the vendor by a way that you know from before.",
            who="You" if mine else SECOND,
            since=one.set_at,
            then="It can be paid.",
        )


def _payouts(reader: Reader, at: datetime, *, finance: bool) -> Iterator[OpenItem]:
    """Payouts that wait for a person: for a signature, after a no, or when nothing is heard."""
    steps = PayoutStep.objects.filter(payout=OuterRef("pk"))
    after = PayoutStep.objects.filter(
        payout=OuterRef("payout"), happened_at__gt=OuterRef("happened_at")
    )
    ended = after.filter(kind__in=[StepKind.PAID, StepKind.REVERSED])
    failed = steps.filter(~Exists(ended), kind=StepKind.FAILED)
    refused = steps.filter(~Exists(after), kind=StepKind.REFUSED)
    under_way = steps.filter(kind__in=[StepKind.SENT, StepKind.PAID, StepKind.REVERSED])
    # What was refused and asked for once more is over; what nobody heard of again is not.
    later = Payout.objects.filter(
        provider=OuterRef("provider"),
        currency=OuterRef("currency"),
        asked_at__gt=OuterRef("asked_at"),
    ).exclude(answer__is_approved=False)
    found = Payout.objects.filter(Exists(failed) | ~Exists(under_way))
    if not finance:
        found = found.filter(Exists(failed), provider__in=reader.leads)
    rows = found.filter(Q(answer=None) | Q(answer__is_approved=True))
    rows = rows.exclude(Exists(refused) & Exists(later))
    rows = rows.select_related("provider", "answer", "asked_by", "payee").prefetch_related("steps")
    asked = list(rows.order_by("asked_at")[:MOST])
    waiting = {one.provider_id for one in asked if finance and not hasattr(one, "answer")}
    facts = payees_facts(waiting) if waiting else {}
    for payout in asked:
        stands = standing(payout, payout.steps.all())
        if stands.word in FAILED:
            yield _failed(payout, stands, is_mine=payout.provider_id in reader.leads)
        elif finance:
            yield from _of_finance(payout, stands, reader, at, facts.get(payout.provider_id))


def _of_finance(
    payout: Payout, stands: Standing, reader: Reader, at: datetime, facts: PayeeFacts | None
) -> Iterator[OpenItem]:
    about = f"{amount_of(payout)} to “{payout.provider}”"
    if stands.word == "waiting":
        yield _waiting(payout, reader, facts, at)
    elif stands.word == "refused":
        yield _item(
            "try_payout_again",
            f"Try {about} again, or leave it",
            subject=payout.pk,
            what=stands.detail,
            since=stands.since_at,
            then="It is sent under a new name. Left, it stays owed.",
        )
    elif stands.word in LOST and at - stands.since_at >= REMEMBERED:
        yield _item(
            "find_payout",
            f"Find out at Stripe what became of {about}",
            subject=payout.pk,
            what="Stripe has said nothing for 20 hours. It is not sent again by itself.",
            since=stands.since_at,
            then="If you say that it was not sent, it is owed again.",
        )


def _waiting(payout: Payout, reader: Reader, facts: PayeeFacts | None, at: datetime) -> OpenItem:
    """A payout that another person approves, or that nobody may as how it is paid was changed."""
    about = f"{amount_of(payout)} to “{payout.provider}”"
    held = approval_held(payout, facts, at=at)
    if facts is not None and held and facts.payee.pk != payout.payee_id:
        then = "What is owed stays owed. Asked for anew, it goes where the vendor is paid now."
        return _item(
            "decline_payout",
            f"Decline {about}",
            subject=payout.pk,
            what=held,
            since=payout.asked_at,
            then=then,
        )
    mine = reader.user.pk not in (payout.asked_by_id, payout.payee.set_by_id) and not held
    return _item(
        "approve_payout",
        f"Approve {about}, or decline it" if mine else f"{about} waits to be approved",
        what=held or f"{payout.asked_by.name} asked for it.",
        who="You" if mine else SECOND,
        subject=payout.pk,
        since=payout.asked_at,
        then="It is booked and sent.",
    )


def _failed(payout: Payout, stands: Standing, *, is_mine: bool) -> OpenItem:
    return _item(
        "give_another_bank",
        "Give Stripe a bank account that takes your money"
        if is_mine
        else f"“{payout.provider}” has to give Stripe another bank account",
        subject=payout.provider_id,
        what=f"The bank did not take {amount_of(payout)}. They are in the account at Stripe.",
        who="You" if is_mine else payout.provider.name,
        since=stands.since_at,
        then="Stripe pays out again by itself.",
    )


def _own_money(reader: Reader) -> Iterator[OpenItem]:
    """Of a vendor's lead: money is owed, and nobody said where it goes; or Stripe asks for more."""
    vendors = {one.pk: one for one in Provider.objects.filter(pk__in=reader.leads, department=None)}
    facts = payees_facts(vendors)
    owed = {one.provider for one in vendor_balances(vendors) if one.payable > 0} if vendors else ()
    for id, one in vendors.items():
        known = facts.get(id)
        if known is None and id in owed:
            yield _item(
                "say_how_paid",
                "Say where your money goes",
                subject=id,
                what=f"“{one}” is owed money, and nobody said how it is paid.",
                since=one.admitted_at,
                then="Finance confirms it, and pays.",
            )
        elif known is not None and known.due:
            yield _item(
                "answer_stripe",
                "Give Stripe what it asks for",
                subject=id,
                what=f"Until then it lets “{one}” receive nothing.",
                since=known.reading.read_at if known.reading else known.payee.set_at,
                then="What is owed can be paid.",
            )


def _item(
    kind: str,
    act: str,
    *,
    subject: UUID,
    what: str,
    since: datetime,
    then: str,
    who: str = "You",
) -> OpenItem:
    return OpenItem(
        kind=kind,
        act=act,
        job_id=None,
        job_title="",
        subject_id=subject,
        what=what,
        who=who,
        is_mine=who == "You",
        since_at=since,
        due_at=None,
        is_late=False,
        then=then,
    )
