"""What belongs to no job: money, accounts, templates, tokens, webhooks, invitations, the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import override_settings

from ledger.budget_moves import move_budget
from ledger.correcting import ask_correction
from ledger.exchange.report_runs import want_report
from ledger.models.journal import JournalEntry
from ledger.models.stripe import BalanceMovement
from ledger.payees import confirm_payee, pay_by_hand
from ledger.settling import ask_payout
from marketplace.mailing import stop_address
from marketplace.messaging import try_webhook
from marketplace.models.events import Words
from marketplace.models.people import Membership, User
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.redacting import ask_to_redact
from marketplace.templates import keep_template
from marketplace.tokens import issue_token
from marketplace.vendor_invitations import invite_vendor
from marketplace.vendor_links import secret_of
from marketplace.webhooks import add_webhook
from tests.builders import DAY, HOUR, eur
from tests.cast import FOUNDED, Cast
from tests.ledger import builders as ledger


def own(cast: Cast, research: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What is the nine's own from the beginning."""
    line = ledger.grant(cast, "1000", at=now - 39 * DAY)
    move = move_budget(
        actor=cast.fin,
        move_id=uuid4(),
        from_line_id=line.pk,
        to_department_id=research["department"].pk,
        amount=eur("9000"),
        reason="They print for both.",
        at=now - DAY,
    )
    return {
        "department_id": cast.marketing.pk,
        "category_id": cast.events.pk,
        "provider_id": cast.vera_co.pk,
        "team_id": cast.events_team.pk,
        "user_id": cast.paul.pk,
        "membership_id": Membership.objects.get(user=cast.paul).pk,
        "line_id": line.pk,
        "move_id": move.pk,
        "period_id": f"{now:%Y%m}",
        "subject_id": cast.marketing.pk,
        "proof": stop_address(cast.paul.pk, "work").split("/")[-2],
    }


def books(cast: Cast, now: datetime) -> dict[str, Any]:
    """What waits for a second person, and what was asked of the record."""
    entry = JournalEntry.objects.filter(kind="budget_granted").order_by("pk")[0]
    correction = ask_correction(
        actor=cast.fin, entry_id=entry.public_id, reason="Entered twice.", at=now
    )
    run = want_report(actor=cast.fin, report="journal", format="csv", question={}, at=now)
    words = Words.objects.order_by("pk")[0]
    wanted = ask_to_redact(actor=cast.ada, words_id=words.pk, reason="A name.", at=now)
    return {
        "entry_id": entry.public_id,
        "correction_id": correction.pk,
        "run_id": run.id,
        "words_id": words.pk,
        "wanted_id": wanted.pk,
    } | _payout(cast, now)


def _of_finance(cast: Cast, name: str) -> User:
    one = add_person(actor=cast.adam, email=f"{name}@house.example", name=name, at=FOUNDED)
    grant_office(actor=cast.adam, user_id=one.pk, office="finance", at=FOUNDED)
    return one


def _payout(cast: Cast, now: datetime) -> dict[str, Any]:
    """
    Fay said how Vera & Co is paid and Fin confirmed it; Gus asks for a payout. Then Fay says
    another number, which nobody has confirmed.
    """
    fay, gus = _of_finance(cast, "Fay"), _of_finance(cast, "Gus")
    vendor = {"provider_id": cast.vera_co.pk}
    first = pay_by_hand(actor=fay, reference="4711", at=now - 30 * DAY, **vendor)
    confirm_payee(actor=cast.fin, payee_id=first.pk, at=now - 29 * DAY)
    payout = ask_payout(actor=gus, payout_id=uuid4(), currency="EUR", at=now, **vendor)
    payee = pay_by_hand(actor=fay, reference="4712", at=now, **vendor)
    movement = BalanceMovement.objects.create(
        id="txn_1",
        kind="adjustment",
        currency="EUR",
        amount_minor=-1_00,
        fee_minor=0,
        happened_at=now - DAY,
        read_at=now - HOUR,
    )
    return {"payout_id": payout.pk, "payee_id": payee.pk, "movement_id": movement.pk}


def kept(cast: Cast, job_id: Any, now: datetime) -> dict[str, Any]:
    """What somebody keeps for later: Rolf a template and a token, Fin a webhook, an invitation."""
    template = keep_template(
        actor=cast.rolf, job_id=job_id, name="A party", milestones=("Plan",), at=now - HOUR
    )
    token = issue_token(
        actor=cast.rolf,
        name="Warehouse",
        scopes=["jobs:read"],
        expires_at=now + 30 * DAY,
        at=now - HOUR,
    )
    with override_settings(WEBHOOK_NETWORKS=["127.0.0.0/8"]):
        hook = add_webhook(
            actor=cast.fin,
            address="http://127.0.0.1:9/",
            purpose="Warehouse",
            kinds=["job.published"],
            at=now - HOUR,
        )
    message = try_webhook(actor=cast.fin, webhook_id=hook.id, at=now - HOUR)
    invitation = invite_vendor(
        actor=cast.fin, email="lina@light.example", company_name="Lina Light", at=now - HOUR
    )
    return {
        "template_id": template.pk,
        "token_id": token.id,
        "webhook_id": hook.id,
        "message_id": message.id,
        "invitation_id": invitation.pk,
        "secret": secret_of(invitation.pk),
    }
