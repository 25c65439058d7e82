"""Which rules jobs may be written under, and above which amounts two heads publish."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.acts import Act, answer, sent
from frontend.forms import DayField, MoneyField, PageForm, WordsField, count_in
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, kept_input, only_known
from frontend.requests import SignedIn
from ledger.publishing_limits import state_publishing_limit
from marketplace.directory import departments, seats
from marketplace.offering import offer_policy, offered_policies
from marketplace.refusals import Forbidden, Unknown


class OfferForm(PageForm):
    """From which day, and why."""

    from_on = DayField(label=gettext_lazy("From"))
    reason = WordsField(
        rows=2, label=gettext_lazy("Why"), help_text=gettext_lazy("Whoever posts jobs reads it.")
    )


@PAGE
@login_required
def offer(request: SignedIn, code: str) -> HttpResponse:
    """Offer rules to those who post jobs, or do not offer them any more."""
    only_known(request)
    held = seats(request.user)
    if not (held.is_finance or held.is_administrator):
        raise Forbidden(_("Finance and administrators say which rules are offered."))
    today = timezone.localdate(request.received_at)
    found = {one.code: one for one in offered_policies(actor=request.user, on=today)}
    if code not in found:
        raise Unknown("There are no rules of this name.")
    ends = found[code].is_offered
    title = _("Do not offer “%(code)s” any more") if ends else _("Offer “%(code)s”")
    act = Act(
        title=title % {"code": code},
        lead=_("Jobs that are published keep their rules. A draft names rules that are offered."),
        button=_("Take the offer back") if ends else _("Offer them"),
        back=reverse("house-rules"),
        trail=_("Rules and rates"),
        facts=((_("What they are for"), found[code].explanation),),
    )
    return answer(
        request,
        act,
        OfferForm(sent(request), initial={"from_on": today}),
        do=lambda typed: offer_policy(
            actor=request.user, code=code, is_offered=not ends, at=request.received_at, **typed
        ),
        told=_("Stated. It stands in the history."),
    )


class PublishingLimitForm(PageForm):
    """Of one job, of a year's jobs of one kind, and why."""

    job_limit = MoneyField(
        required=False,
        label=gettext_lazy("One job above"),
        help_text=gettext_lazy("A second head signs it, and the choice. Empty: no limit."),
    )
    year_limit = MoneyField(
        required=False,
        label=gettext_lazy("One kind of work in twelve months above"),
        help_text=gettext_lazy("So that jobs split under the limit are seen. Empty: no limit."),
    )
    reason = WordsField(rows=2, label=gettext_lazy("Why"))


@PAGE
@fresh_sign_in
def publishing_limit(request: SignedIn, department_id: UUID) -> HttpResponse:
    """State above which amounts a second head signs what a department publishes."""
    only_known(request)
    if not seats(request.user).is_administrator:
        raise Forbidden(_("An administrator sets the limit, not those whom it binds."))
    place = next((one for one in departments(request.user) if one.id == department_id), None)
    if place is None:
        raise Unknown("There is no such department.")
    form = PublishingLimitForm(sent(request) or kept_input(request))
    for name in ("job_limit", "year_limit"):
        count_in(form, name, place.currency)
    act = Act(
        title=_("When two heads publish for %(name)s") % {"name": place.name},
        lead=_("It is also that of the departments below which have none of their own."),
        button=_("State it"),
        back=reverse("house-rules"),
        trail=_("Rules and rates"),
        unit=place.currency,
    )
    return answer(
        request,
        act,
        form,
        do=lambda typed: state_publishing_limit(
            actor=request.user, department_id=department_id, at=request.received_at, **typed
        ),
        told=_("Stated. It stands in the history."),
    )
