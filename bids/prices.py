"""A formal job's prices are opened after its bids were scored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bids import access
from bids.bidding import last_addendum, lock_job, refuse_decided
from bids.judging import judging, whole_judgements
from bids.models.bids import Bid, OpenedPrice
from bids.models.panels import Score
from bids.permissions import may_open_prices, may_score
from bids.unsealing import refuse_without_key, rule_out, unseal, write_prices
from marketplace.history import record
from marketplace.models.events import Audience
from marketplace.models.jobs import Job, Procedure
from marketplace.models.people import User
from marketplace.notices import people_of_department, tell
from marketplace.refusals import NotOpened, Refusal, require


class PricesAlreadyOpen(Refusal):
    """Prices are opened once; a quick job's with its bids."""

    code = "prices_already_open"


class NotAgreed(Refusal):
    """A panel agrees on quality before it knows a price."""

    code = "not_agreed"


class ScoresMissing(Refusal):
    """Quality is judged before prices are known."""

    code = "scores_missing"


@transaction.atomic(savepoint=False)
def open_prices(*, actor: User, job_id: UUID, at: datetime) -> int:
    """
    Open the prices of a formal job's bids that are still in, and return how many there are.

    :raises Unknown, Forbidden: not this person's job, or not theirs to do.
    :raises NotOpened, JudgingOver, PricesAlreadyOpen, NotAgreed, ScoresMissing, KeyMissing: no.
    """
    job = lock_job(actor, job_id)
    require(may_open_prices(actor, job))
    if job.opened_at is None or at < job.opened_at:
        raise NotOpened(f"The bids on “{job.title}” are not open yet.")
    refuse_decided(job)
    if job.procedure == Procedure.QUICK or OpenedPrice.objects.filter(bid__job=job).exists():
        raise PricesAlreadyOpen("The prices are open already.")
    still_in = Bid.objects.standing().filter(job=job, disqualified__isnull=True)
    bids = list(still_in.select_related("provider").order_by("reference"))
    now = judging(job)
    if now.has_panel and not now.is_agreed:
        raise NotAgreed("The panel agrees on its scores first. Then prices are opened.")
    if not now.has_panel:
        _refuse_unscored(job, bids)
    refuse_without_key(bids)

    last = last_addendum(job)
    unsealed = [unseal(bid, last_addendum=last, with_price=True) for bid in bids]
    write_prices(unsealed, at=at)
    for each in unsealed:
        if each.out_because is not None:
            rule_out(bid=each.bid, reason=each.out_because, actor=actor, job=job, at=at)
    access.note_all(bids=bids, kind=access.PRICE_OPENED, actor=actor, at=at)
    facts = {"bids": len(bids)}
    audience = Audience.BUYER
    record(actor, "job.prices_opened", job, at=at, audience=audience, job=job, facts=facts)
    tell(
        "job.prices_opened",
        recipients=people_of_department(job.department),
        text=f"The prices of the bids on “{job.title}” are open.",
        because="you belong to the department",
        at=at,
        job=job,
        subject=job,
    )
    return len(bids)


def _refuse_unscored(job: Job, bids: list[Bid]) -> None:
    criteria = job.criteria.judged().values_list("pk", flat=True)
    places = [(bid.pk, criterion) for bid in bids for criterion in criteria]
    scores = Score.objects.filter(bid__in=bids, replaced_at=None).select_related("scorer")
    whole = whole_judgements(scores, places)
    # Whoever began to judge judges all. Of whoever may not any more, half a judgement is left out.
    begun = {score.scorer for score in scores if score.scorer_id not in whole}
    waits = any(one.is_active and may_score(one, job) for one in begun)
    if waits or (places and not whole):
        raise ScoresMissing("Score every bid on every criterion first; whoever began, all of them.")
