"""What was done and charged: the section `contracts` of a release."""

from __future__ import annotations

from django.conf import settings

from ledger import chart
from ledger.exchange.ocds.export.gathering import JobFile
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, day, moment, value
from ledger.models.awards import Award, ChangeOrder, Delivery, Dispute, Milestone
from ledger.models.cancellations import Cancellation
from ledger.reports.award_charges import AwardCharge
from marketplace.money import Money, total

KINDS = {
    chart.MARKETPLACE_FEE: "fee",
    chart.OVERRIDE_DIFFERENCE: "overrideDifference",
    chart.CURRENCY_DIFFERENCES: "currencyDifference",
}


def work(file: JobFile, parties: Parties) -> list[Plain]:
    """Return the contract that a choice makes, with its milestones, changes and charges."""
    award = file.award
    if award is None:
        return []
    completed_at, cancellation = _completed_at(award), getattr(award, "cancellation", None)
    ended_at = moment(cancellation.agreed_at) if cancellation else completed_at
    changed = sum(change.difference_minor for change in file.changes)
    bid = file.chosen
    return [
        {
            "id": str(award.pk),
            "awardID": str(award.pk),
            "title": file.job.title,
            "status": "terminated" if ended_at else "active",
            "dateSigned": moment(award.chosen_at),
            "period": {
                "startDate": day(file.job.starts_on),
                "endDate": ended_at or day(file.job.ends_on),
            },
            "value": value(Money(award.price_minor + changed, award.currency)),
            "relatedBids": [bid.reference] if bid else [],
            "amendments": [_amendment(one, award) for one in file.changes],
            "implementation": {
                "milestones": [_milestone(one, file) for one in file.milestones],
                "transactions": [_charge(one, file, parties) for one in file.charges],
            },
            "choicebook": {
                "completedAt": completed_at,
                "charged": _charged(file, award),
                "cancellation": _cancellation(cancellation, award) if cancellation else None,
                "disputes": [_dispute(one, award) for one in file.disputes],
            },
        }
    ]


def _charged(file: JobFile, award: Award) -> Plain | None:
    """Return what the transactions add up to: in the budget's currency, which may be another."""
    amounts = [charge.amount for charge in file.charges]
    currencies = {amount.currency for amount in amounts} or {award.budget_line.currency}
    return value(total(amounts, currencies.pop())) if len(currencies) == 1 else None


def _cancellation(cancellation: Cancellation, award: Award) -> Plain:
    return {
        "date": moment(cancellation.agreed_at),
        "fee": value(Money(cancellation.offer.fee_minor, award.currency)),
        "reason": cancellation.offer.reason.text,
    }


def _completed_at(award: Award) -> str | None:
    completion = getattr(award, "completion", None)
    return moment(completion.completed_at) if completion else None


def _amendment(change: ChangeOrder, award: Award) -> Plain:
    difference = Money(change.difference_minor, award.currency)
    return {
        "id": str(change.pk),
        "date": moment(change.agreed_at),
        "rationale": change.reason.text,
        "description": f"The milestone's price changes by {difference}.",
        "choicebook": {"milestone": str(change.milestone_id), "difference": value(difference)},
    }


def _milestone(milestone: Milestone, file: JobFile) -> Plain:
    assert file.award is not None
    currency = file.award.currency
    deliveries = list(milestone.deliveries.all())
    accepted = [one.acceptance for one in deliveries if hasattr(one, "acceptance")]
    changed = [one for one in file.changes if one.milestone_id == milestone.pk]
    agreed = milestone.price_minor + sum(one.difference_minor for one in changed)
    return {
        "id": str(milestone.pk),
        "title": milestone.title,
        "type": "delivery",
        "dueDate": day(milestone.due_on),
        "dateMet": moment(accepted[0].accepted_at) if accepted else None,
        "status": "met" if accepted else "scheduled",
        "choicebook": {
            "value": value(Money(agreed, currency)),
            "retention": _retention(milestone, currency),
            "deliveries": [_delivery(one, currency) for one in deliveries],
        },
    }


def _retention(milestone: Milestone, currency: str) -> Plain | None:
    retention = getattr(milestone, "retention", None)
    if retention is None:
        return None
    release = getattr(retention, "release", None)
    return {
        "value": value(Money(retention.amount_minor, currency)),
        "dueAt": moment(retention.due_at),
        "releasedAt": moment(release.released_at) if release else None,
        "released": value(Money(release.amount_minor, currency)) if release else None,
    }


def _delivery(delivery: Delivery, currency: str) -> Plain:
    acceptance = getattr(delivery, "acceptance", None)
    returned = getattr(delivery, "returned", None)
    return {
        "id": str(delivery.pk),
        "date": moment(delivery.delivered_at),
        "value": value(Money(delivery.amount_minor, currency)),
        "acceptedAt": moment(acceptance.accepted_at) if acceptance else None,
        "acceptedBySilence": acceptance.by_silence if acceptance else None,
        "returnedAt": moment(returned.returned_at) if returned else None,
        "missing": returned.missing.text if returned else None,
    }


def _dispute(dispute: Dispute, award: Award) -> Plain:
    resolution = getattr(dispute, "resolution", None)
    credit = Money(resolution.credit_minor, award.currency) if resolution else None
    return {
        "id": str(dispute.pk),
        "milestone": str(dispute.milestone_id),
        "date": moment(dispute.raised_at),
        "value": value(Money(dispute.amount_minor, award.currency)),
        "reason": dispute.reason.text,
        "resolvedAt": moment(resolution.resolved_at) if resolution else None,
        "credit": value(credit),
        "resolution": resolution.reason.text if resolution else None,
    }


def _charge(charge: AwardCharge, file: JobFile, parties: Parties) -> Plain:
    """Return a charge or, where its amount is negative, a credit; a fee goes to no provider."""
    assert file.award is not None
    account = charge.account.removeprefix("M")
    kind = KINDS.get(account, "work")
    if kind == "work" and charge.kind == "cancelled":
        kind = "cancellationFee"
    payer = file.payers.get(charge.department_id) if charge.department_id else None
    provider = parties.provider(file.award.provider, "payee") if kind != "fee" else None
    return {
        "id": "-".join(map(str, (charge.entry_id, charge.account, *_place(charge, file)))),
        "date": moment(charge.posted_at),
        "value": value(charge.amount),
        "payer": parties.department(payer, "payer") if payer else None,
        "payee": provider,
        "uri": f"{settings.SITE_URL}/api/v1/entries/{charge.entry_id}/",
        "choicebook": {
            "kind": kind,
            "entry": str(charge.entry_id),
            "event": charge.kind,
            "account": charge.account,
            "isChargeback": file.award.provider.is_in_house,
            "isShownOnly": charge.is_shown_only,
            "period": month(charge.period),
            "correctsPeriod": month(charge.corrects_period) if charge.corrects_period else None,
            "milestone": str(charge.milestone_id) if charge.milestone_id else None,
        },
    }


def _place(charge: AwardCharge, file: JobFile) -> list[int]:
    """Number the charges of one entry and account, where there are several."""
    alike = [
        one
        for one in file.charges
        if (one.entry_id, one.account) == (charge.entry_id, charge.account)
    ]
    return [alike.index(charge) + 1] if len(alike) > 1 else []


def month(period: int) -> str:
    """Return a period of the books as people write a month: 2026-11."""
    return f"{period // 100}-{period % 100:02}"
