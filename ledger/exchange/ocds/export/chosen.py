"""What was chosen: the section `awards` of a release, with the reason, and the ratings after."""

from __future__ import annotations

from typing import Any

from ledger.exchange.ocds.export.gathering import JobFile
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, moment, value
from ledger.exchange.ocds.export.sight import Sight
from ledger.models.awards import Award
from ledger.models.objections import Objection
from ledger.models.ratings import Rating
from ledger.standstill import standstill_until
from marketplace.money import Money


def chosen(file: JobFile, parties: Parties, sight: Sight) -> list[Plain]:
    """Return the choice; where the head chose none, an award that says so."""
    taken_back = [_taken_back(one, file, parties) for one in file.earlier]
    if file.award:
        return [*taken_back, _award(file.award, file, parties, sight)]
    if file.no_award:
        return [
            *taken_back,
            {
                "id": f"{file.job.reference}-none",
                "status": "unsuccessful",
                "date": moment(file.no_award.decided_at),
                "description": file.no_award.reason.text,
                "choicebook": {"reason": file.no_award.reason.text},
            },
        ]
    return taken_back


def _award(award: Award, file: JobFile, parties: Parties, sight: Sight) -> Plain:
    told = _choice(award, file, parties, "active")
    return told | {
        "choicebook": {
            **told["choicebook"],
            "feeBasisPoints": award.fee_basis_points,
            "retentionBasisPoints": award.retention_basis_points or None,
            "override": _override(file, parties),
            "ratings": [_rating(one, award, file, sight) for one in file.ratings],
        },
    }


def _taken_back(award: Award, file: JobFile, parties: Parties) -> Plain:
    """Return a choice that was overridden or withdrawn: it stays on the record."""
    told = _choice(award, file, parties, "cancelled")
    withdrawal = getattr(award, "withdrawal", None)
    if withdrawal is not None:
        told["choicebook"]["withdrawal"] = {
            "date": moment(withdrawal.withdrawn_at),
            "cause": withdrawal.cause,
            "reason": withdrawal.reason.text,
        }
    return told


def _choice(award: Award, file: JobFile, parties: Parties, status: str) -> Plain:
    bid = next((bid for bid in file.bids if bid.pk == award.bid_id), None)
    return {
        "id": str(award.pk),
        "title": file.job.title,
        "description": award.reason.text,
        "status": status,
        "date": moment(award.chosen_at),
        "value": value(award.price),
        "suppliers": [parties.provider(award.provider, "supplier")],
        "relatedBids": [bid.reference] if bid else [],
        "choicebook": {
            "reasonCode": award.reason_code,
            "reason": award.reason.text,
            "decisiveCriterion": _criterion(award),
            "followedView": award.followed_view,
            "comparisonDigest": bytes(award.comparison_digest).hex(),
            "standstillUntil": moment(standstill_until(award)),
            "signedAt": moment(award.signature.answered_at)
            if hasattr(award, "signature")
            else None,
            "objections": [
                _objection(one, parties) for one in file.objections if one.award_id == award.pk
            ],
        },
    }


def _objection(one: Objection, parties: Parties) -> Plain:
    """Return what a bidder objected to, and how it was decided, if it is."""
    ruling = getattr(one, "ruling", None)
    return {
        "id": str(one.pk),
        "provider": parties.provider(one.provider, "tenderer"),
        "date": moment(one.raised_at),
        "reason": one.reason.text,
        "upheld": ruling.upheld if ruling else None,
        "rulingDate": moment(ruling.decided_at) if ruling else None,
        "ruling": ruling.reason.text if ruling else None,
    }


def _override(file: JobFile, parties: Parties) -> Plain | None:
    """Return what was overridden, and who pays the difference."""
    assert file.award is not None
    override = getattr(file.award, "override", None)
    if override is None or file.overridden is None:
        return None
    return {
        "overriddenAward": str(file.overridden.pk),
        "difference": value(Money(override.difference_minor, file.award.currency)),
        "payer": parties.department(override.department, "payer"),
    }


def _criterion(award: Award) -> Plain | None:
    criterion = award.decisive_criterion
    return {"id": str(criterion.pk), "name": criterion.name} if criterion else None


def _rating(rating: Rating, award: Award, file: JobFile, sight: Sight) -> Plain:
    points: dict[str, Any] = rating.points
    reads_words = sight.reads_rating_words(file.job)
    return {
        "id": str(rating.pk),
        "side": rating.side,
        "date": moment(award.reveal.revealed_at),
        "points": [{"need": need, "points": given} for need, given in points.items()],
        "again": rating.again,
        "text": rating.text.text if rating.text and reads_words else None,
    }
