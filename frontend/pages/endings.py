"""Signing a large change, ending work early, releasing what is kept, allowing a late charge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import MoneyField, PageForm, WordsField, count_in
from frontend.pages.changes import find_change
from frontend.pages.work import ACT, board_address, find_milestone
from frontend.rendering import fresh_sign_in, kept_input
from frontend.requests import SignedIn
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.changing import sign_change
from ledger.late_charging import allow_late_charge
from ledger.reports.delivery_board import delivery_board
from ledger.retention import release_retention
from marketplace.refusals import Unknown


def _sent_or_kept(request: SignedIn) -> Any:
    """Return what was sent, be it nothing; or what was kept through a fresh sign-in."""
    typed = sent(request)
    return kept_input(request) if typed is None else typed


@ACT
@fresh_sign_in
def sign(request: SignedIn, job_id: UUID, change_id: UUID) -> HttpResponse:
    """Sign a large change, as the second head of the department."""
    paper, order = find_change(request, job_id, change_id)
    act = Act(
        title=_("Sign a change of %(amount)s") % {"amount": formats.money(order.difference)},
        lead=_("It is large, so two heads say yes. Both sides agree to it afterwards."),
        button=_("Sign"),
        back=board_address(job_id),
        trail=paper.title,
        facts=(
            (_("Price at the choice"), formats.money(paper.price)),
            (_("Changes so far"), formats.money(paper.changes)),
            (_("Proposed by"), f"{order.proposed_by}, {formats.moment(order.proposed_at)}"),
            (_("Reason"), order.reason),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(_sent_or_kept(request)),
        do=lambda typed: sign_change(
            actor=request.user, change_id=change_id, at=request.received_at
        ),
        told=_("Signed. It can be agreed now."),
    )


class EndForm(PageForm):
    """For how much, and why."""

    fee = MoneyField(
        label=gettext_lazy("Fee to the provider"),
        help_text=gettext_lazy("For ending here: nothing (0), or up to what is not done yet."),
    )
    reason = WordsField(label=gettext_lazy("Reason"))


@ACT
@login_required
def offer_end(request: SignedIn, job_id: UUID) -> HttpResponse:
    """Offer to end the work where it stands."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    form = EndForm(sent(request))
    count_in(form, "fee", paper.price.currency)
    act = Act(
        title=_("End the work here"),
        lead=_("It counts once the other side agrees. A newer offer takes the place of an older."),
        button=_("Offer it"),
        back=board_address(job_id),
        trail=paper.title,
        unit=paper.price.currency,
        facts=(
            (_("Agreed price"), formats.money(paper.price + paper.changes)),
            (_("Accepted so far"), formats.money(paper.accepted)),
        ),
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: offer_cancellation(
            actor=request.user, award_id=paper.award_id, at=request.received_at, **typed
        ),
        told=_("Offered. The other side has it now."),
    )


@ACT
@fresh_sign_in
def agree_end(request: SignedIn, job_id: UUID, offer_id: UUID) -> HttpResponse:
    """Agree to end the work; the fee is charged, or shown, in the same moment."""
    paper = delivery_board(actor=request.user, job_id=job_id, at=request.received_at)
    offer = paper.end
    if offer is None or offer.offer_id != offer_id:
        raise Unknown("There is no such offer.")
    fee = formats.money(offer.fee)
    act = Act(
        title=_("Agree to end the work here"),
        lead=(
            _("A fee of %(fee)s is shown, not charged.")
            if paper.is_shown_only
            else _("What is still promised is free again; a fee of %(fee)s is charged.")
        )
        % {"fee": fee},
        button=_("End the work for %(fee)s") % {"fee": fee},
        back=board_address(job_id),
        trail=paper.title,
        warning=_("The work cannot be taken up again. Another job can be posted."),
        facts=(
            (_("Offered by"), f"{offer.offered_by}, {formats.moment(offer.offered_at)}"),
            (_("Reason"), offer.reason),
            (_("Accepted so far"), formats.money(paper.accepted)),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(_sent_or_kept(request)),
        do=lambda typed: agree_cancellation(
            actor=request.user, offer_id=offer_id, at=request.received_at
        ),
        told=_("Ended. Both sides were told."),
    )


@ACT
@login_required
def release(request: SignedIn, job_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Give the vendor what is kept back, before its day."""
    paper, milestone = find_milestone(request, job_id, milestone_id)
    kept = milestone.retention
    if kept is None:
        raise Unknown("Nothing is kept back of this milestone.")
    act = Act(
        title=_("Release what is kept back of “%(name)s”") % {"name": milestone.title},
        lead=_("The clock does so on its day. Until then it is your security."),
        button=_("Release %(amount)s") % {"amount": formats.money(kept.amount)},
        back=board_address(job_id),
        trail=paper.title,
        warning=_("Once released it is owed, and is not kept back again."),
        facts=(
            (_("Kept back"), formats.money(kept.amount)),
            (_("Released by the clock"), formats.moment(kept.due_at)),
        ),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: release_retention(
            actor=request.user, retention_id=kept.retention_id, at=request.received_at
        ),
        told=_("Released. %(name)s was told.") % {"name": paper.provider_name},
    )


class LeaveForm(PageForm):
    """Why it may be charged after all."""

    reason = WordsField(label=gettext_lazy("Reason"))


@ACT
@login_required
def allow_late(request: SignedIn, job_id: UUID, milestone_id: UUID) -> HttpResponse:
    """Let a provider hand over, and charge, what it should have charged before."""
    paper, milestone = find_milestone(request, job_id, milestone_id)
    until = milestone.charge_until
    act = Act(
        title=_("Allow “%(name)s” to be charged late") % {"name": milestone.title},
        lead=_("The days for it are over. With your leave it can be handed over and charged."),
        button=_("Allow it"),
        back=board_address(job_id),
        trail=paper.title,
        facts=((_("Could be charged until"), formats.moment(until) if until else "–"),),
    )
    return answer(
        request,
        act,
        LeaveForm(sent(request)),
        do=lambda typed: allow_late_charge(
            actor=request.user, milestone_id=milestone_id, at=request.received_at, **typed
        ),
        told=_("Allowed. Both sides were told."),
    )
