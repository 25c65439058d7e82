"""What the twin knows: accounts, transfers, payouts, top-ups, balances, and what it announced."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

Thing = dict[str, Any]
PLATFORM = ""


class No(Exception):
    """The twin refuses, as Stripe does."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code, self.status = code, status


@dataclass
class Books:
    """All of Stripe that this house uses."""

    now: int = 1_772_000_000
    things: dict[str, Thing] = field(default_factory=dict)
    balances: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lines: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))
    events: list[Thing] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    # From which other balance a currency is taken, and at what rate, in hundredths.
    exchange: dict[str, tuple[str, int]] = field(default_factory=dict)

    def name(self, prefix: str) -> str:
        self.numbers[prefix] += 1
        return f"{prefix}_twin{self.numbers[prefix]:06}"

    def keep(self, prefix: str, kind: str, **facts: Any) -> Thing:
        thing = {"id": self.name(prefix), "object": kind, "created": self.now, **facts}
        self.things[thing["id"]] = thing
        return thing

    def of(self, kind: str) -> list[Thing]:
        """The latest first, as Stripe lists them."""
        return [one for one in reversed(self.things.values()) if one["object"] == kind]

    def one(self, id: str, kind: str) -> Thing:
        thing = self.things.get(id)
        if thing is None or thing["object"] != kind:
            raise No("resource_missing", f"No such {kind}: '{id}'", 404)
        return thing

    def tell(self, kind: str, thing: Thing, account: str = PLATFORM) -> None:
        event = {
            "id": self.name("evt"),
            "object": "event",
            "type": kind,
            "created": self.now,
            "livemode": False,
            "api_version": "2026-10-28.endive",
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": json.loads(json.dumps(thing))},
        }
        if account:
            event["account"] = account
        self.events.append(event)

    def line(
        self, account: str, kind: str, amount: int, currency: str, source: str, fee: int = 0
    ) -> Thing:
        """A line of a balance: what moved, and why."""
        line = {
            "id": self.name("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": self.now,
            "created": self.now,
            "currency": currency,
            "description": None,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [],
            "net": amount - fee,
            "reporting_category": kind,
            "source": source,
            "status": "available",
            "type": kind,
            "payout": None,  # ours alone: Stripe tells it by the filter
        }
        self.balances[account][currency] += amount - fee
        self.lines[account].append(line)
        return line

    # --- What the library asks for --------------------------------------------------------------

    def open_account(self, said: Thing) -> Thing:
        return self.keep(
            "acct",
            "account",
            type=said.get("type", "express"),
            country=said.get("country"),
            email=said.get("email"),
            metadata=said.get("metadata", {}),
            capabilities={"transfers": "inactive"},
            charges_enabled=False,
            payouts_enabled=False,
            details_submitted=False,
            external_accounts={"object": "list", "data": [], "has_more": False, "url": "/v1"},
            requirements={
                "alternatives": [],
                "current_deadline": None,
                "currently_due": ["external_account", "tos_acceptance.date"],
                "disabled_reason": "requirements.past_due",
                "errors": [],
                "eventually_due": [],
                "past_due": [],
                "pending_verification": [],
            },
        )

    def transfer(self, said: Thing) -> Thing:
        account = self.one(said["destination"], "account")
        amount, currency = int(said["amount"]), said["currency"]
        if account["capabilities"]["transfers"] != "active":
            raise No(
                "insufficient_capabilities_for_transfer",
                "Your destination account needs to have the capability enabled: transfers.",
            )
        taken_in, rate = self.exchange.get(currency, (currency, 100))
        taken = amount * rate // 100
        if self.balances[PLATFORM][taken_in] < taken:
            raise No("balance_insufficient", "You have insufficient funds in your account.")
        made = self.keep(
            "tr",
            "transfer",
            amount=amount,
            amount_reversed=0,
            currency=currency,
            description=None,
            destination=account["id"],
            destination_payment=self.name("py"),
            livemode=False,
            metadata=said.get("metadata", {}),
            reversed=False,
            source_transaction=None,
            source_type="card",
            transfer_group=said.get("transfer_group"),
        )
        made["reversals"] = _list([], f"/v1/transfers/{made['id']}/reversals")
        line = self.line(PLATFORM, "transfer", -taken, taken_in, made["id"])
        made["balance_transaction"] = line["id"]
        self.line(account["id"], "payment", amount, currency, made["destination_payment"])
        self.tell("transfer.created", made)
        return made

    def reverse(self, transfer: Thing, said: Thing) -> Thing:
        rest = transfer["amount"] - transfer["amount_reversed"]
        amount = int(said.get("amount") or rest)
        if not 0 < amount <= rest:
            raise No("invalid_request", "The transfer is reversed already.")
        account, currency = transfer["destination"], transfer["currency"]
        if self.balances[account][currency] < amount:
            raise No("balance_insufficient", "The account has insufficient funds.")
        made = self.keep(
            "trr",
            "transfer_reversal",
            amount=amount,
            currency=currency,
            destination_payment_refund=self.name("pyr"),
            metadata=said.get("metadata", {}),
            source_refund=None,
            transfer=transfer["id"],
        )
        line = self.line(PLATFORM, "transfer_refund", amount, currency, made["id"])
        made["balance_transaction"] = line["id"]
        self.line(account, "payment_refund", -amount, currency, made["destination_payment_refund"])
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        transfer["reversals"]["data"].insert(0, made)
        self.tell("transfer.reversed", transfer)
        return made

    def top_up(self, said: Thing) -> Thing:
        made = self.keep(
            "tu",
            "topup",
            amount=int(said["amount"]),
            balance_transaction=None,
            currency=said["currency"],
            description=said.get("description"),
            expected_availability_date=self.now,
            failure_code=None,
            failure_message=None,
            livemode=False,
            metadata=said.get("metadata", {}),
            source=None,
            statement_descriptor=None,
            status="pending",
            transfer_group=None,
        )
        self.tell("topup.created", made)
        return made

    def account_link(self, said: Thing) -> Thing:
        self.one(said["account"], "account")
        self.numbers["link"] += 1
        return {
            "object": "account_link",
            "created": self.now,
            "expires_at": self.now + 300,
            "url": f"https://connect.stripe.example/setup/{said['account']}/{self.numbers['link']}",
        }

    def balance(self, account: str = PLATFORM) -> Thing:
        held = [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sorted(self.balances[account].items())
        ]
        return {"object": "balance", "available": held, "pending": [], "livemode": False}

    # --- What happens outside of the library ------------------------------------------------------

    def finish_onboarding(self, account_id: str, bank: str = "ba_first") -> None:
        """The vendor has given what was asked."""
        account = self.one(account_id, "account")
        account["capabilities"]["transfers"] = "active"
        account["payouts_enabled"] = account["details_submitted"] = True
        account["requirements"] |= {"currently_due": [], "disabled_reason": None}
        self.set_bank(account_id, bank)

    def set_bank(self, account_id: str, bank: str) -> None:
        account = self.one(account_id, "account")
        account["external_accounts"]["data"] = [
            {
                "id": bank,
                "object": "bank_account",
                "country": "DE",
                "currency": "eur",
                "fingerprint": f"print-{bank}",
                "last4": "3000",
                "account_holder_name": None,
                "account_holder_type": None,
                "account_type": None,
                "bank_name": None,
                "routing_number": None,
                "status": "new",
            }
        ]
        self.tell("account.updated", account, account_id)

    def restrict(self, account_id: str) -> None:
        account = self.one(account_id, "account")
        account["capabilities"]["transfers"] = "inactive"
        account["requirements"] |= {
            "currently_due": ["individual.verification.document"],
            "disabled_reason": "requirements.past_due",
        }
        self.tell("account.updated", account, account_id)

    def arrive(self, top_up_id: str, *, fee: int = 0) -> None:
        made = self.one(top_up_id, "topup")
        made["status"] = "succeeded"
        line = self.line(PLATFORM, "topup", made["amount"], made["currency"], made["id"], fee)
        made["balance_transaction"] = line["id"]
        self.tell("topup.succeeded", made)

    def take_fee(self, amount: int, currency: str = "eur") -> None:
        self.line(PLATFORM, "stripe_fee", -amount, currency, "")

    def pay_out(self, account_id: str) -> list[str]:
        """Stripe sends what is in a vendor's account to its bank, by itself."""
        made = []
        for currency, amount in sorted(self.balances[account_id].items()):
            if amount <= 0:
                continue
            payout = self.keep(
                "po",
                "payout",
                amount=amount,
                arrival_date=self.now,
                automatic=True,
                application_fee=None,
                application_fee_amount=None,
                currency=currency,
                description="STRIPE PAYOUT",
                destination="ba_first",
                failure_balance_transaction=None,
                failure_code=None,
                failure_message=None,
                livemode=False,
                metadata={},
                method="standard",
                original_payout=None,
                reconciliation_status="completed",
                reversed_by=None,
                source_type="card",
                statement_descriptor=None,
                status="in_transit",
                type="bank_account",
                account=account_id,  # ours alone
            )
            for line in self.lines[account_id]:
                if line["payout"] is None and line["currency"] == currency:
                    line["payout"] = payout["id"]
            own = self.line(account_id, "payout", -amount, currency, payout["id"])
            own["payout"] = payout["balance_transaction"] = payout["id"]
            payout["balance_transaction"] = own["id"]
            self.tell("payout.created", _public(payout), account_id)
            made.append(payout["id"])
        return made

    def settle(self, payout_id: str, status: str) -> None:
        """The bank took it, or gave it back; even after it had taken it."""
        payout = self.one(payout_id, "payout")
        assert payout["status"] in ("in_transit", "paid")
        payout["status"] = status
        account = payout["account"]
        if status == "failed":
            payout |= {"failure_code": "account_closed", "failure_message": "It is closed."}
            line = self.line(
                account, "payout_failure", payout["amount"], payout["currency"], payout["id"]
            )
            payout["failure_balance_transaction"] = line["id"]
        self.tell(f"payout.{status}", _public(payout), account)


def _public(thing: Thing) -> Thing:
    """What Stripe would show of a thing."""
    hidden = {"account"} if thing["object"] == "payout" else {"payout"}
    if thing["object"] not in ("payout", "balance_transaction"):
        return thing
    return {name: value for name, value in thing.items() if name not in hidden}


def _list(rows: list[Thing], url: str, *, has_more: bool = False) -> Thing:
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}


public, listed = _public, _list


def signed(event: Thing, secret: str, at: int) -> tuple[bytes, str]:
    """A webhook as Stripe sends it: the body, and the header that signs these bytes."""
    body = json.dumps(event, indent=2).encode()
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={at},v1={digest}"
