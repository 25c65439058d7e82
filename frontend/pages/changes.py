"""What is agreed or contested after a choice: change orders and disputes."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MoneyField, PageForm, WordsField, count_in
from frontend.pages.work import ACT, board_address, find_milestone
from frontend.requests import SignedIn
from ledger.changing import agree_change, propose_change
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.reports.delivery_board import Board, BoardChange, BoardDispute, delivery_board
from marketplace.money import Money
from marketplace.refusals import Unknown


class ChangeForm(PageForm):
    """By how much, which way, and why."""

    difference = MoneyField(
        label=gettext_lazy("Difference"),
        help_text=gettext_lazy("What is added; with a minus in front, what is taken away."),
    )
    reason = WordsField(label=gettext_lazy("Reason"))


@ACT
@login_required
def change(request: SignedIn, job_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Propose that a milestone costs more, or less."""
    paper, milestone = find_milestone(request, job_id, milestone_id)
    form = ChangeForm(sent(request))
    count_in(form, "difference", paper.price.currency)
    act = Act(
        title=_("Change what “%(name)s” costs") % {"name": milestone.title},
        lead=_("It counts once the other side agrees. Nothing is booked before."),
        button=_("Propose the change"),
        back=board_address(job_id),
        trail=paper.title,
        unit=paper.price.currency,
        facts=((_("Agreed so far"), formats.money(milestone.agreed)),),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: propose_change(
            actor=request.user, milestone_id=milestone_id, at=request.received_at, **typed
        ),
        told=_("Proposed. The other side has it now."),
    )


@ACT
@login_required
def agree(request: SignedIn, job_id: UUID, change_id: UUID) -> HttpResponse:
    """Agree to a change that the other side proposed."""
    paper, order = find_change(request, job_id, change_id)
    act = Act(
        title=_("Agree to a change of %(amount)s") % {"amount": formats.money(order.difference)},
        lead=_("What is promised from the budget changes with it, the fee included."),
        button=_("Agree"),
        back=board_address(job_id),
        trail=paper.title,
        warning=_("An agreed change binds both sides; a further one can change it again."),
        facts=(
            (_("Proposed by"), f"{order.proposed_by}, {formats.moment(order.proposed_at)}"),
            (_("Reason"), order.reason),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: agree_change(
            actor=request.user, change_id=change_id, at=request.received_at
        ),
        told=_("Agreed and booked."),
    )


class DisputeForm(PageForm):
    """How much is contested, and why."""

    amount = MoneyField(label=gettext_lazy("Amount you contest"))
    reason = WordsField(label=gettext_lazy("What is wrong"))


@ACT
@login_required
def dispute(request: SignedIn, job_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Contest a charge. What the provider is owed is held until finance decides."""
    paper, milestone = find_milestone(request, job_id, milestone_id)
    form = DisputeForm(sent(request))
    count_in(form, "amount", paper.price.currency)
    charged = milestone.charged or milestone.agreed
    lead = [_("Finance decides. Meanwhile the contested part is held, not paid.")]
    if milestone.fee:
        lead.append(_("The fee on what is credited goes back, too."))
    act = Act(
        title=_("Dispute the charge for “%(name)s”") % {"name": milestone.title},
        lead=" ".join(lead),
        button=_("Dispute it"),
        back=board_address(job_id),
        trail=paper.title,
        unit=paper.price.currency,
        facts=_charge_facts(charged, milestone.fee),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: raise_dispute(
            actor=request.user, milestone_id=milestone_id, at=request.received_at, **typed
        ),
        told=_("Noted. Finance has it now."),
    )


def _charge_facts(charged: Money, fee: Money | None) -> tuple[tuple[str, str], ...]:
    """Return what was charged, with its fee where there is one."""
    facts = ((_("Charged"), formats.money(charged)),)
    return (*facts, (_("Marketplace fee"), formats.money(fee))) if fee else facts


class ResolutionForm(PageForm):
    """How much is credited, and why."""

    credit = MoneyField(
        label=gettext_lazy("Credit"),
        help_text=gettext_lazy("From nothing (0) to all that is contested."),
    )
    reason = WordsField(label=gettext_lazy("Reason"))


@ACT
@login_required
def resolve(request: SignedIn, job_id: UUID, dispute_id: UUID) -> HttpResponse:
    """Settle a dispute by a credit note, or by none."""
    paper, contested = _dispute(request, job_id, dispute_id)
    form = ResolutionForm(sent(request))
    count_in(form, "credit", paper.price.currency)
    act = Act(
        title=_("Settle the dispute about %(amount)s")
        % {"amount": formats.money(contested.amount)},
        lead=_("A credit is a new line in an open month, never a change of the charge."),
        button=_("Settle it"),
        back=board_address(job_id),
        trail=paper.title,
        unit=paper.price.currency,
        warning=_("A dispute is settled once."),
        facts=(
            (_("Raised by"), f"{contested.raised_by}, {formats.moment(contested.raised_at)}"),
            (_("What is wrong"), contested.reason),
        ),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: resolve_dispute(
            actor=request.user, dispute_id=dispute_id, at=request.received_at, **typed
        ),
        told=_("Settled. Both sides were told."),
    )


def find_change(request: SignedIn, job_id: UUID, change_id: UUID) -> tuple[Board, BoardChange]:
    """Return the board with one of its changes. :raises Unknown: there is no such one."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    for milestone in paper.milestones:
        for order in milestone.changes:
            if order.change_id == change_id:
                return paper, order
    raise Unknown("There is no such change.")


def _dispute(request: SignedIn, job_id: UUID, dispute_id: UUID) -> tuple[Board, BoardDispute]:
    """Return the board with one of its disputes. :raises Unknown: there is no such one."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    for milestone in paper.milestones:
        for contested in milestone.disputes:
            if contested.dispute_id == dispute_id:
                return paper, contested
    raise Unknown("There is no such dispute.")
