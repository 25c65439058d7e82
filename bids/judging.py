"""Where a panel stands with its judging: who judges, who has finished, what is agreed on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from bids.models.bids import Bid
from bids.models.panels import AgreedScore, Agreement, Score
from marketplace.asking import asked_once
from marketplace.compiled import Kept
from marketplace.models.jobs import Job, Procedure
from marketplace.models.panels import PanelSeat
from marketplace.refusals import Refusal
from marketplace.sides import bidding_side

FAR_APART = 2  # quarters: a spread over two levels asks for talk

Place = tuple[UUID, UUID]  # bid, criterion


class PanelTooSmall(Refusal):
    """A formal job has as many judges as finance has set."""

    code = "panel_too_small"


@dataclass(frozen=True, slots=True)
class Judging:
    """One job's panel at work. Without a panel `judges` is empty, and nothing is agreed on."""

    judges: frozenset[UUID]
    has_panel: bool
    places: frozenset[Place]  # each bid that is in, on each criterion
    alone: dict[Place, dict[UUID, int]]  # who gave how many quarters
    agreed: dict[Place, AgreedScore]
    is_agreed: bool

    @property
    def finished(self) -> frozenset[UUID]:
        """Who has judged every bid on every criterion."""
        return frozenset(
            judge
            for judge in self.judges
            if all(judge in self.alone.get(place, {}) for place in self.places)
        )

    @property
    def is_in(self) -> bool:
        """Whether all scores are in: only now does anybody see another's."""
        return bool(self.judges) and self.finished == self.judges

    @property
    def is_complete(self) -> bool:
        """Whether there is one agreed score for each bid on each criterion."""
        return self.places <= self.agreed.keys()

    def spread(self, place: Place) -> int:
        """Return how many levels lie between the lowest and the highest score."""
        given = self.alone.get(place, {}).values()
        return max(given, default=0) - min(given, default=0)

    def needs_talk(self, place: Place) -> bool:
        """Whether the scores lie so far apart that they are to be talked over."""
        return self.spread(place) > FAR_APART

    @property
    def digest(self) -> bytes:
        """Return the digest of the sheet: what somebody who consents says yes to."""
        rows = sorted(
            [str(bid), str(criterion), one.quarters, bytes(one.reason.digest).hex()]
            for (bid, criterion), one in self.agreed.items()
        )
        return sha256(json.dumps(rows, separators=(",", ":")).encode()).digest()


@asked_once
def judging(job: Job) -> Judging:
    """Return where the judging of an opened job stands. The caller has asked who may see it."""
    if not _has_panel(job):
        return Judging(frozenset(), False, frozenset(), {}, {}, False)
    seats = job.panel.judging().values_list("user", flat=True)
    judges = frozenset(seats) - bidding_side(job).keys()  # some joined a bidder since
    still_in = Bid.objects.standing().filter(
        job=job, disqualified__isnull=True, opened__isnull=False, final_of__isnull=True
    )
    bids = list(still_in.values_list("pk", flat=True))
    criteria = list(job.criteria.judged().values_list("pk", flat=True))
    scores = Score.objects.filter(bid__in=bids, scorer__in=judges, replaced_at=None)
    agreed = AgreedScore.objects.filter(bid__in=bids, replaced_at=None)
    return Judging(
        judges=judges,
        has_panel=True,
        places=frozenset((bid, criterion) for bid in bids for criterion in criteria),
        alone=_by_place(scores),
        agreed={
            (one.bid_id, one.criterion_id): one
            for one in agreed.select_related("reason", "noted_by")
        },
        is_agreed=Agreement.objects.filter(job=job).exists(),
    )


def refuse_too_few(job: Job) -> None:
    """:raises PanelTooSmall: fewer judge than finance wants for a job like this."""
    if job.procedure != Procedure.FORMAL or not (wanted := job.policy.panel_members):
        return
    seated = job.panel.judging().values_list("user", flat=True)
    if (judges := len(set(seated) - bidding_side(job).keys())) < wanted:
        raise PanelTooSmall(f"{judges} of at least {wanted} judges are appointed and may judge.")


def whole_judgements(scores: Iterable[Score], places: Collection[Place]) -> frozenset[UUID]:
    """Return who judged each bid on each criterion: half a judgement would tilt the mean."""
    judged: defaultdict[UUID, set[Place]] = defaultdict(set)
    for score in scores:
        judged[score.scorer_id].add((score.bid_id, score.criterion_id))
    return frozenset(scorer for scorer, done in judged.items() if done.issuperset(places))


def _has_panel(job: Job) -> bool:
    return _with_panel.exists(job.pk)


@Kept
def _with_panel(job: UUID) -> QuerySet[Job]:
    seats = Exists(PanelSeat.objects.binding().filter(job=OuterRef("pk")))
    agreed = Exists(Agreement.objects.filter(job=OuterRef("pk")))
    return Job.objects.filter(seats | agreed, pk=job)


def _by_place(scores: Iterable[Score]) -> dict[Place, dict[UUID, int]]:
    given: dict[Place, dict[UUID, int]] = {}
    for score in scores:
        given.setdefault((score.bid_id, score.criterion_id), {})[score.scorer_id] = score.quarters
    return given
