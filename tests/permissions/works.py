"""Marketing's jobs after the choice: work, changes, disputes, an objection, what is kept back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ledger.acceptance import accept_delivery
from ledger.cancelling import offer_cancellation
from ledger.changing import propose_change
from ledger.disputing import raise_dispute
from ledger.hearing import hear_bidder
from ledger.models.retentions import Retention
from ledger.objecting import raise_objection
from tests.builders import DAY, HOUR, eur
from tests.cast import Cast
from tests.ledger import builders as ledger
from tests.ledger.formal import chosen_lately
from tests.permissions import contests


def decided(cast: Cast, now: datetime) -> dict[str, Any]:
    """Vera & Co works: one part accepted and contested, one handed over, a change proposed."""
    here = contests.contest(cast, now)
    award = ledger.choose(cast, here.vendor_bid, at=now - DAY)
    first, second, third = ledger.milestones(award)
    delivery = ledger.deliver(cast, first, at=now - 12 * HOUR)
    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=now - 6 * HOUR)
    return contests.ids_of(here, cast) | _work(cast, award, (first, second, third), now)


def _work(cast: Cast, award: Any, parts: Any, now: datetime) -> dict[str, Any]:
    first, second, third = parts
    dispute = raise_dispute(
        actor=cast.maya, milestone_id=first.pk, amount=eur("100"), reason="Too loud.", at=now
    )
    delivery = ledger.deliver(cast, second, at=now)
    change = propose_change(
        actor=cast.vera, milestone_id=third.pk, difference=eur("50"), reason="A tent.", at=now
    )
    return {
        "award_id": award.pk,
        "milestone_id": third.pk,
        "delivery_id": delivery.pk,
        "change_id": change.pk,
        "dispute_id": dispute.pk,
    }


def offered(cast: Cast, now: datetime) -> dict[str, Any]:
    """Vera & Co was chosen, and offers to end the work before it began."""
    here = contests.contest(cast, now)
    award = ledger.choose(cast, here.vendor_bid, at=now - DAY)
    offer = offer_cancellation(
        actor=cast.vera, award_id=award.pk, fee=eur("500"), reason="It will rain.", at=now
    )
    return contests.ids_of(here, cast) | {"offer_id": offer.pk}


def kept(cast: Cast, now: datetime) -> dict[str, Any]:
    """A part is accepted, and some of its price kept back for a season."""
    contests.state_rules(cast, "careful", now, retention_basis_points=500, retention_days=90)
    here = contests.contest(cast, now, policy_code="careful")
    award = ledger.choose(cast, here.vendor_bid, at=now - DAY)
    part = ledger.milestones(award)[0]
    delivery = ledger.deliver(cast, part, at=now - 12 * HOUR)
    accept_delivery(actor=cast.rolf, delivery_id=delivery.pk, at=now - 6 * HOUR)
    kept = Retention.objects.get(milestone=part)
    return contests.ids_of(here, cast) | {
        "award_id": award.pk,
        "milestone_id": part.pk,
        "retention_id": kept.pk,
    }


def standstill(cast: Cast, now: datetime) -> dict[str, Any]:
    """A formal choice of an hour ago, to which Vera objects."""
    here, award = chosen_lately(cast, now)
    objection = raise_objection(
        actor=cast.vera,
        job_id=here.job.pk,
        provider_id=cast.vera_co.pk,
        reason="Our answer was not read.",
        at=now - timedelta(minutes=30),
    )
    heard = hear_bidder(
        actor=cast.vera,
        job_id=here.job.pk,
        provider_id=cast.vera_co.pk,
        reasons=2,
        fairness=4,
        effort=None,
        text="Which answer was missing?",
        at=now - timedelta(minutes=20),
    )
    return contests.ids_of(here, cast) | {
        "award_id": award.pk,
        "objection_id": objection.pk,
        "hearing_id": heard.pk,
    }
