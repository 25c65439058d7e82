"""The work after a choice: the board of milestones, and what each side does on it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MoneyField, PageForm, WordsField, count_in
from frontend.rendering import page
from frontend.requests import SignedIn
from ledger.acceptance import accept_delivery
from ledger.delivering import deliver_milestone, return_delivery
from ledger.reports.delivery_board import (
    Board,
    BoardDelivery,
    BoardMilestone,
    Foreseen,
    delivery_board,
)
from marketplace.refusals import Unknown

ACT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def board(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Show the milestones of a job; both sides read the same page."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    return page(request, "frontend/pages/work/board.html", {"board": paper})


class DeliveryForm(PageForm):
    """What is handed over."""

    amount = MoneyField(
        required=False,
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("Only where it is less than agreed; leave it empty otherwise."),
    )
    note = WordsField(
        required=False,
        label=gettext_lazy("What you hand over, and where it is"),
    )


@ACT
@login_required
def deliver(request: SignedIn, job_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Hand over the work of a milestone."""
    paper, milestone = find_milestone(request, job_id, milestone_id)
    form = DeliveryForm(sent(request))
    count_in(form, "amount", paper.price.currency)
    act = Act(
        title=_("Hand over “%(name)s”") % {"name": milestone.title},
        lead=_("The department accepts it or says what is missing. Silence is acceptance."),
        button=_("Hand over"),
        back=board_address(job_id),
        trail=paper.title,
        unit=paper.price.currency,
        facts=((_("Agreed"), formats.money(milestone.agreed)),),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: deliver_milestone(
            actor=request.user, milestone_id=milestone_id, at=request.received_at, **typed
        ),
        told=_("Handed over. The department has it now."),
    )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting does with the cost, in words."""

    lead: str | Promise
    button: str | Promise
    warning: str | Promise
    told: str | Promise


_CHARGED = Acceptance(
    gettext_lazy("%(amount)s is charged to %(department)s in the same moment."),
    gettext_lazy("Accept, and be charged %(amount)s"),
    gettext_lazy("A charge is never taken back; what is wrong with it can be disputed later."),
    gettext_lazy("Accepted. %(amount)s was charged."),
)
_SHOWN = Acceptance(
    gettext_lazy(
        "%(amount)s is shown to %(department)s in the same moment, not charged: nothing is taken"
        " from its budget."
    ),
    gettext_lazy("Accept, and be shown %(amount)s"),
    gettext_lazy("It is never taken back; what is wrong with it can be disputed later."),
    gettext_lazy("Accepted. %(amount)s was shown, not charged."),
)


@ACT
@login_required
def accept(request: SignedIn, job_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Accept a delivery; the department is charged, or shown its cost, in the same moment."""
    paper, milestone, delivery = _delivery(request, job_id, delivery_id)
    foreseen = delivery.foreseen
    is_shown = paper.is_shown_only
    said = _SHOWN if is_shown else _CHARGED
    amount = charged(foreseen) if foreseen else formats.money(delivery.amount)
    costs = _cost_facts(foreseen, is_shown=is_shown) if foreseen else ()
    act = Act(
        title=_("Accept “%(name)s”") % {"name": milestone.title},
        lead=str(said.lead) % {"amount": amount, "department": paper.department_name},
        button=str(said.button)
        % {"amount": formats.money(foreseen.total if foreseen else delivery.amount)},
        back=board_address(job_id),
        trail=paper.title,
        warning=str(said.warning),
        facts=(*_delivery_facts(paper, delivery), *costs),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: accept_delivery(
            actor=request.user, delivery_id=delivery_id, at=request.received_at
        ),
        told=str(said.told) % {"amount": amount},
    )


def charged(foreseen: Foreseen) -> str:
    """Return what the department bears, with what it is made of where there is a fee."""
    if not foreseen.fee:
        return formats.money(foreseen.total)
    return _("%(sum)s (%(cost)s and %(fee)s fee)") % {
        "sum": formats.money(foreseen.total),
        "cost": formats.money(foreseen.cost),
        "fee": formats.money(foreseen.fee),
    }


def _cost_facts(foreseen: Foreseen, *, is_shown: bool) -> tuple[tuple[str, str], ...]:
    """Return price, fee and sum, as the journal will have them."""
    in_all = _("Shown in all, not charged") if is_shown else _("Charged in all")
    elsewhere = (
        _("Shown to whoever replaced the choice")
        if is_shown
        else _("Charged to whoever replaced the choice")
    )
    facts = []
    if foreseen.fee:
        facts += [
            (_("Marketplace fee"), formats.money(foreseen.fee)),
            (in_all, formats.money(foreseen.total)),
        ]
    if foreseen.elsewhere:
        facts.append((elsewhere, formats.money(foreseen.elsewhere)))
    return tuple(facts)


class ReturnForm(PageForm):
    """What is missing."""

    missing = WordsField(
        label=gettext_lazy("What is missing"),
        help_text=gettext_lazy("So that they know what to do, and you when to accept it."),
    )


@ACT
@login_required
def send_back(request: SignedIn, job_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a delivery back with what is missing."""
    paper, milestone, delivery = _delivery(request, job_id, delivery_id)
    act = Act(
        title=_("Send “%(name)s” back") % {"name": milestone.title},
        lead=_("Nothing is charged. The provider delivers the milestone anew."),
        button=_("Send back"),
        back=board_address(job_id),
        trail=paper.title,
        facts=_delivery_facts(paper, delivery),
    )
    return answer(
        request,
        act,
        ReturnForm(sent(request)),
        do=lambda typed: return_delivery(
            actor=request.user, delivery_id=delivery_id, at=request.received_at, **typed
        ),
        told=_("Sent back. %(name)s has it now.") % {"name": paper.provider_name},
    )


def _delivery_facts(paper: Board, delivery: BoardDelivery) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("By"), paper.provider_name),
        (_("Delivered"), formats.moment(delivery.delivered_at)),
        (_("Amount"), formats.money(delivery.amount)),
        (_("Silence counts as acceptance after"), formats.moment(delivery.silent_at)),
    ]
    if delivery.note:
        facts.append((_("They say"), delivery.note))
    return tuple(facts)


def board_address(job_id: UUID) -> str:
    """Return where the work of a job stands."""
    return reverse("board", args=[job_id])


def find_milestone(
    request: SignedIn, job_id: UUID, milestone_id: UUID
) -> tuple[Board, BoardMilestone]:
    """Return the board with one of its milestones. :raises Unknown: there is no such one."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    for milestone in paper.milestones:
        if milestone.milestone_id == milestone_id:
            return paper, milestone
    raise Unknown("There is no such milestone.")


def _delivery(
    request: SignedIn, job_id: UUID, delivery_id: UUID
) -> tuple[Board, BoardMilestone, BoardDelivery]:
    """Return the board with one of its deliveries. :raises Unknown: there is no such one."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    for milestone in paper.milestones:
        for delivery in milestone.deliveries:
            if delivery.delivery_id == delivery_id:
                return paper, milestone, delivery
    raise Unknown("There is no such delivery.")
