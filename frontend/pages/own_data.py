"""A person's own data: taken along as a file, and taken away when they ask."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.acts import Act, NothingAsked, answer, sent
from frontend.pages.drafts import PAGE
from frontend.pages.people import administrators_only
from frontend.rendering import fresh_sign_in, only_known
from frontend.requests import SignedIn
from marketplace.erasing import ask_erasure, erase_person, personal_data, waiting_erasures
from marketplace.refusals import Unknown


@require_safe
@login_required
def data(request: SignedIn) -> HttpResponse:
    """Give the person all that is kept about them."""
    only_known(request)
    kept = personal_data(actor=request.user)
    file = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 2})
    file["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return file


@PAGE
@fresh_sign_in
def ask(request: SignedIn) -> HttpResponse:
    """Ask that one's own name be taken away."""
    only_known(request)
    act = Act(
        title=_("Have your name taken away"),
        lead=_(
            "An administrator does it, once your places and offices have ended. What you did stays"
            " on the record under a number; nobody can tell from it who you were."
        ),
        warning=_("Afterwards you cannot sign in any more."),
        button=_("Ask for it"),
        back=reverse("settings"),
        trail=_("Settings"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: ask_erasure(actor=request.user, at=request.received_at),
        told=_("Asked. The administrators were told."),
    )


@PAGE
@fresh_sign_in
def erase(request: SignedIn, user_id: UUID) -> HttpResponse:
    """Take away the name of somebody who asked for it."""
    only_known(request)
    administrators_only(request)
    waiting = {one.user_id: one for one in waiting_erasures(request.user)}
    if user_id not in waiting:
        raise Unknown("This person did not ask for it.")
    one = waiting[user_id]
    act = Act(
        title=_("Take away the name of %(name)s") % {"name": one.name},
        facts=(
            (_("Asked"), formats.moment(one.asked_at)),
            (_("Places and offices"), _("must end first") if one.is_seated else _("none")),
        ),
        warning=_("Name and address are gone for ever, and they cannot sign in any more."),
        button=_("Take it away"),
        back=reverse("people"),
        trail=_("People"),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda typed: erase_person(actor=request.user, user_id=user_id, at=request.received_at),
        told=_("Taken away. What they did stays provable."),
    )
