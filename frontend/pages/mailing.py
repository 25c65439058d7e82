"""What comes by mail, and when; and the link in each mail that turns its kind off."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from frontend.acts import sent
from frontend.forms import PageForm
from frontend.pages.drafts import PAGE
from frontend.rendering import page, refused
from frontend.requests import SignedIn
from marketplace.mailing import choose_mailing, mailing_of, stop_mailing, stopping
from marketplace.refusals import Refusal

TEMPLATE = "frontend/pages/settings/mail.html"
OFF = "frontend/pages/settings/mail_off.html"
WAYS = (
    ("now", gettext_lazy("at once")),
    ("daily", gettext_lazy("once a day")),
    ("never", gettext_lazy("not by mail")),
)
KINDS = {
    "waiting": (
        gettext_lazy("What waits for you"),
        gettext_lazy("Questions to answer, what you sign, scores and declarations to give."),
    ),
    "work": (
        gettext_lazy("Your jobs and bids"),
        gettext_lazy("Invitations, answers, openings, receipts, acceptances, ratings."),
    ),
    "money": (
        gettext_lazy("Money"),
        gettext_lazy("Budgets that move, payouts, credits, what is kept back and released."),
    ),
    "company": (
        gettext_lazy("The whole company"),
        gettext_lazy("Months that close and open again, years that end, vendors that join."),
    ),
}


class MailingForm(PageForm):
    """One choice for each kind of notice, and the hour of the daily mail."""

    digest_hour = forms.TypedChoiceField(
        coerce=int,
        choices=[(str(hour), f"{hour:02}:00") for hour in range(24)],
        label=gettext_lazy("Hour of the daily mail"),
        help_text=gettext_lazy("In your time zone. A day without news has no mail."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in KINDS.items():
            self.fields[name] = forms.ChoiceField(
                choices=WAYS, label=label, help_text=hint, widget=forms.RadioSelect
            )
        self.order_fields([*KINDS, "digest_hour"])


@PAGE
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show and change what comes by mail."""
    form = MailingForm(sent(request), initial=asdict(mailing_of(actor=request.user)))
    context = {
        "form": form,
        "kinds": [form[name] for name in KINDS],
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    typed = form.cleaned_data
    try:
        choose_mailing(
            actor=request.user,
            mailings={name: typed[name] for name in KINDS},
            digest_hour=typed["digest_hour"],
        )
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("mailing"))


@csrf_exempt  # a mail program posts here for its reader: the secret in the address is the proof
@never_cache
@PAGE
def stop(request: HttpRequest, user_id: UUID, topic: str, proof: str) -> HttpResponse:
    """Ask whether a kind of mail is to stop, and stop it; nobody need be signed in."""
    told: dict[str, Any] = {"user_id": user_id, "topic": topic, "secret": proof}
    names = [KINDS[topic][0]] if topic in KINDS else []
    if request.method != "POST":
        stopping(**told)
        return page(request, OFF, {"names": names, "is_off": False})
    stop_mailing(**told)
    return page(request, OFF, {"names": names, "is_off": True})
