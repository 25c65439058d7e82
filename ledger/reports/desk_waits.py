"""What keeps a head from choosing among opened bids yet: who has it then, and what comes."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from bids.models.panels import Agreement, FinalOpening, FinalRound
from ledger.models.signatures import ChoiceWanted
from ledger.reports.states import noted
from marketplace.models.jobs import Job
from marketplace.models.panels import PanelSeat


def waits_for_others() -> dict[str, Exists]:
    """Return, for a queryset of opened jobs, what keeps the head from choosing yet."""
    job = OuterRef("pk")
    return {
        "has_panel": Exists(PanelSeat.objects.binding().filter(job=job)),
        "is_agreed": Exists(Agreement.objects.filter(job=job)),
        "asks_final": Exists(FinalRound.objects.filter(job=job)),
        "has_final": Exists(FinalOpening.objects.filter(round=job)),
        "is_wanted": Exists(ChoiceWanted.objects.filter(job=job, answer=None)),
    }


def waited_for(job: Job) -> str:
    """Return who has an opened job that was annotated so; nothing where its head has."""
    if noted(job, "has_panel") and not noted(job, "is_agreed"):
        return "The panel"
    if noted(job, "asks_final") and not noted(job, "has_final"):
        return "The bidders on the shortlist"
    return "A second head" if noted(job, "is_wanted") else ""
