"""Webhooks: where other systems are told, how each address is doing, and sending again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm
from frontend.pages.drafts import PAGE
from frontend.rendering import fresh_sign_in, page, refused
from frontend.requests import SignedIn
from marketplace.messaging import try_webhook
from marketplace.refusals import Refusal, Unknown
from marketplace.saying import said
from marketplace.webhooks import (
    KINDS,
    WebhookFacts,
    add_webhook,
    end_webhook,
    rotate_secret,
    send_again,
    webhook_messages,
    webhooks,
)

SHOWN = 100


class WebhookForm(PageForm):
    """Where to, what for, and of what."""

    address = forms.URLField(max_length=500, assume_scheme="https", label=gettext_lazy("Address"))
    purpose = forms.CharField(max_length=80, label=gettext_lazy("What it is for"))
    kinds = forms.MultipleChoiceField(
        choices=lambda: [(kind, said(words)) for kind, words in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What it is told of"),
    )


@PAGE
@login_required
def show(request: SignedIn) -> HttpResponse:
    """List the addresses, the live ones first."""
    context = {"webhooks": webhooks(actor=request.user)}
    return page(request, "frontend/pages/settings/webhooks.html", context)


@PAGE
@fresh_sign_in
def new(request: SignedIn) -> HttpResponse:
    """Add an address; its secret is shown on the answer."""
    template = "frontend/pages/settings/webhook_new.html"
    webhooks(actor=request.user)  # refused before anything is typed
    form = WebhookForm(sent(request))
    context: dict[str, Any] = {"form": form, "made": None}
    if not (request.method == "POST" and form.is_valid()):
        return page(request, template, context)
    try:
        made = add_webhook(actor=request.user, at=request.received_at, **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, template, context, refusal=refusal)
    return _secret(request, made)


@PAGE
@login_required
def messages(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """List what was laid out for an address, with each one's fate."""
    one = _one(request, webhook_id)
    found = webhook_messages(actor=request.user, webhook_id=webhook_id)
    context = {"webhook": one, "messages_out": found[:SHOWN], "shown_max": SHOWN}
    return page(request, "frontend/pages/settings/webhook.html", context)


@PAGE
@fresh_sign_in
def rotate(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Give it a new secret."""
    one = _one(request, webhook_id)
    if request.method == "POST":
        try:
            made = rotate_secret(actor=request.user, webhook_id=webhook_id, at=request.received_at)
        except Refusal as refusal:
            context = {"act": _rotation(one), "form": NothingAsked(sent(request))}
            return refused(request, "frontend/pages/act.html", context, refusal=refusal)
        return _secret(request, made)
    context = {"act": _rotation(one), "form": NothingAsked()}
    return page(request, "frontend/pages/act.html", context)


@PAGE
@login_required
def end(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Send nothing more to it."""
    one = _one(request, webhook_id)
    act = Act(
        title=_("End the webhook to %(address)s") % {"address": one.address},
        lead=_("Nothing more is sent to it. What waits stays unsent."),
        button=_("End it"),
        back=reverse("webhooks"),
        trail=_("Webhooks"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: end_webhook(
            actor=request.user, webhook_id=webhook_id, at=request.received_at
        ),
        told=_("Ended."),
    )


@PAGE
@login_required
def trial(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Send a message that says nothing."""
    one = _one(request, webhook_id)
    act = Act(
        title=_("Try the webhook to %(address)s") % {"address": one.address},
        lead=_("A message of the kind “webhook.tried” is sent within a minute."),
        button=_("Send it"),
        back=reverse("webhook", args=[webhook_id]),
        trail=one.purpose or one.address,
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: try_webhook(
            actor=request.user, webhook_id=webhook_id, at=request.received_at
        ),
        told=_("On its way."),
    )


@PAGE
@login_required
def replay(request: SignedIn, webhook_id: UUID, message_id: UUID) -> HttpResponse:
    """Send a message again, as it was."""
    one = _one(request, webhook_id)
    act = Act(
        title=_("Send the message again"),
        lead=_("With the same id and the same words; a receiver that has it knows it by its id."),
        button=_("Send it again"),
        back=reverse("webhook", args=[webhook_id]),
        trail=one.purpose or one.address,
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: send_again(
            actor=request.user, webhook_id=webhook_id, message_id=message_id, at=request.received_at
        ),
        told=_("On its way."),
    )


def _one(request: SignedIn, webhook_id: UUID) -> WebhookFacts:
    found = [one for one in webhooks(actor=request.user) if one.id == webhook_id]
    if not found:
        raise Unknown("There is no such webhook.")
    return found[0]


def _rotation(one: WebhookFacts) -> Act:
    return Act(
        title=_("Give the webhook a new secret"),
        lead=_("For a day both the old one and the new one sign; then the new one alone."),
        button=_("Make a new secret"),
        back=reverse("webhook", args=[one.id]),
        trail=one.purpose or one.address,
    )


def _secret(request: SignedIn, made: Any) -> HttpResponse:
    response = page(request, "frontend/pages/settings/webhook_new.html", {"made": made})
    response["Cache-Control"] = "no-store"
    return response
