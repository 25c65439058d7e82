"""What a comparison waits for: the panel, best and final bids, a second head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bids.models.panels import Agreement, FinalOpening, FinalRound
from bids.permissions import may_disqualify, may_score
from ledger.models.signatures import ChoiceWanted
from ledger.permissions import may_sign_choice
from ledger.rates import NoRate
from ledger.reports.choosing import to_decide
from ledger.reports.second_heads import kept_from_choosing, who_signs
from ledger.reports.weighing import Weighed
from ledger.signing import choice_limits, first_below
from marketplace.models.people import User
from marketplace.money import Money
from marketplace.together import together


@dataclass(frozen=True, slots=True)
class WantedChoice:
    """What one head would choose, until a second one signs."""

    wanted_id: UUID
    bid_id: UUID
    provider_name: str
    wanted_by: str
    wanted_at: datetime
    reason: str
    can_sign: bool
    who_signs: str  # or why nobody can


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the judging of an opened job stands, before a bid is chosen and after."""

    has_panel: bool
    judges: int
    judges_finished: int
    scores_are_in: bool
    agreed_at: datetime | None
    is_judge: bool  # the reader
    prices_are_sealed: bool
    can_open_prices: bool
    can_ask_final: bool
    final_question: str
    final_closes_at: datetime | None
    final_opened_at: datetime | None
    differential: Money | None  # added to every outside bid
    alone_up_to: Money | None  # above it a second head signs …
    signed_bid_ids: tuple[UUID, ...]  # … these bids
    wanted: WantedChoice | None

    @property
    def waits_for_panel(self) -> bool:
        """Whether nobody may choose yet, because the panel has not agreed."""
        return self.has_panel and self.agreed_at is None

    @property
    def waits_for_final(self) -> bool:
        """Whether nobody may choose yet, because best and final bids may come."""
        return self.final_closes_at is not None and self.final_opened_at is None


def stage(*, weighed: Weighed, actor: User, at: datetime) -> Stage:
    """Return where an opened job stands. The caller has asked who may see its bids."""
    job, judged = weighed.job, weighed.judged
    is_open = job.decided_at is None
    agreement, asked, opening, wanted, limits = together(
        Agreement.objects.filter(job=job).first,
        FinalRound.objects.filter(job=job).select_related("question").first,
        FinalOpening.objects.filter(round__job=job).first,
        lambda: _wanted(weighed, actor),
        lambda: choice_limits(job, at=at),
    )
    decides = is_open and may_disqualify(actor, job)
    sealed = not weighed.valid_ids and job.procedure == "formal" and bool(weighed.bids)
    signed = {
        row.bid_id: limit
        for row in weighed.evaluation.rows
        if (limit := _signed_above(row.charged, limits, on=at.date())) is not None
    }
    return Stage(
        has_panel=judged.has_panel,
        judges=len(judged.judges),
        judges_finished=len(judged.finished),
        scores_are_in=judged.is_in,
        agreed_at=agreement.agreed_at if agreement else None,
        is_judge=is_open and judged.has_panel and may_score(actor, job),
        prices_are_sealed=sealed,
        can_open_prices=sealed and decides and (not judged.has_panel or judged.is_agreed),
        can_ask_final=decides and asked is None and len(weighed.valid_ids) > 1,
        final_question=asked.question.text if asked else "",
        final_closes_at=asked.closes_at if asked else None,
        final_opened_at=opening.opened_at if opening else None,
        differential=weighed.terms.differential,
        alone_up_to=next(iter(signed.values()), next(iter(limits), None)),
        signed_bid_ids=tuple(signed),
        wanted=wanted,
    )


def _signed_above(price: Money, limits: tuple[Money, ...], *, on: date) -> Money | None:
    """Return the limit that a price is above; of one without a rate nobody knows, so two sign."""
    try:
        return first_below(price, limits, on=on)
    except NoRate:
        return limits[0]  # those without a rate come first


def _wanted(weighed: Weighed, actor: User) -> WantedChoice | None:
    waiting = ChoiceWanted.objects.filter(to_decide("job"), job=weighed.job, answer=None)
    one = waiting.select_related("bid__provider", "wanted_by", "reason").first()
    if one is None:
        return None
    kept_off = kept_from_choosing([weighed.job])[weighed.job.pk]
    return WantedChoice(
        wanted_id=one.pk,
        bid_id=one.bid_id,
        provider_name=one.bid.provider.name,
        wanted_by=one.wanted_by.name,
        wanted_at=one.wanted_at,
        reason=one.reason.text,
        can_sign=may_sign_choice(actor, weighed.job, one.wanted_by_id),
        who_signs=who_signs(weighed.job.department, one.wanted_by_id, kept_off),
    )
