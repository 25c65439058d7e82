"""A person's own settings: how they read, tokens for their programs, and what they were told."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.conf import settings as house
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.acts import Act, NothingAsked, answer, sent
from frontend.appearance import ZONE_COOKIE, keep
from frontend.forms import PageForm, offer
from frontend.pages.drafts import PAGE
from frontend.programs import first_call
from frontend.rendering import fresh_sign_in, page, refused
from frontend.requests import SignedIn
from marketplace.directory import notices
from marketplace.people import choose_reading
from marketplace.permissions import may_run_webhooks
from marketplace.refusals import Refusal, Unknown
from marketplace.saying import said
from marketplace.tokens import TokenFacts, issue_token, my_tokens, revoke_token, scopes

TEMPLATE = "frontend/pages/settings/settings.html"
LIVES = (30, 90, 365)  # days


class ReadingForm(PageForm):
    """Language and time zone."""

    language = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("as the browser says")), *house.LANGUAGES],
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Every page is in it, and dates and figures are written its way."),
    )
    time_zone = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("All moments are written in it, deadlines too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours, theirs = gettext_lazy("the company’s"), self.initial.get("time_zone")
        # A program may have set one that is not on the list: whoever changes the rest keeps it.
        more = (theirs,) if theirs and theirs not in _zones() else ()
        zones = [(zone, zone) for zone in (*more, *_zones())]
        offer(self, "time_zone", [("", ours), *zones])


@cache
def _zones() -> tuple[str, ...]:
    """Return the zones with a place in their name. To list them is to go through the disk."""
    return tuple(zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC")


@PAGE
@login_required
def show(request: SignedIn) -> HttpResponse:
    """Show and change how the person reads; list their tokens and what they were told."""
    person = request.user
    initial = {"language": person.language, "time_zone": person.time_zone}
    form = ReadingForm(sent(request), initial=initial)
    context = {
        "form": form,
        "tokens": [(one, _state(one, request)) for one in my_tokens(actor=person)],
        "notices": notices(person, limit=30),
        "runs_webhooks": may_run_webhooks(person),
        "call": first_call(at=request.received_at),
    }
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    try:
        choose_reading(actor=person, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    messages.success(request, _("Saved."))
    response = HttpResponseRedirect(reverse("settings"))
    secure = request.is_secure()
    # The account says it now; what the browser remembered would overrule it.
    keep(response, ZONE_COOKIE, "", secure=secure)
    keep(response, house.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], secure=secure)
    return response


class TokenForm(PageForm):
    """What the token is for, what it may do, and how long."""

    name = forms.CharField(max_length=80, label=gettext_lazy("What it is for"))
    scopes = forms.MultipleChoiceField(
        choices=lambda: [(scope, said(words)) for scope, words in scopes()],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What it may do"),
    )
    days = forms.ChoiceField(
        choices=[(str(days), days) for days in LIVES],
        widget=forms.RadioSelect,
        label=gettext_lazy("Days until it ends"),
        initial="90",
    )


@PAGE
@fresh_sign_in
def new_token(request: SignedIn) -> HttpResponse:
    """Issue a token for a program; it is shown once, on the answer."""
    template = "frontend/pages/settings/token.html"
    form = TokenForm(sent(request))
    context: dict[str, Any] = {"form": form, "token": None}
    if not (request.method == "POST" and form.is_valid()):
        return page(request, template, context)
    typed = form.cleaned_data
    try:
        token = issue_token(
            actor=request.user,
            name=typed["name"],
            scopes=typed["scopes"],
            expires_at=request.received_at + timedelta(days=int(typed["days"])),
            at=request.received_at,
        )
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    call = first_call(at=request.received_at, scopes=typed["scopes"])
    call = call.replace("cb_…", token.secret)
    response = page(request, template, {"token": token, "call": call})
    response["Cache-Control"] = "no-store"
    return response


@PAGE
@login_required
def revoke(request: SignedIn, token_id: UUID) -> HttpResponse:
    """End a token now."""
    token = next((one for one in my_tokens(actor=request.user) if one.id == token_id), None)
    if token is None:
        raise Unknown("There is no such token.")
    act = Act(
        title=_("End the token “%(name)s”") % {"name": token.name},
        lead=_("Programs that use it are refused from the same moment."),
        button=_("End it"),
        back=reverse("settings"),
        trail=_("Settings"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: revoke_token(
            actor=request.user, token_id=token_id, at=request.received_at
        ),
        told=_("Ended."),
    )


def _state(token: TokenFacts, request: SignedIn) -> str:
    if token.revoked_at is not None:
        return _("Ended")
    return _("Run out") if token.expires_at <= request.received_at else ""
