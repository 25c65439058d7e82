"""One act, one page: what it is about, what it binds to, the few things it needs, one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from frontend.forms import PageForm
from frontend.rendering import page, refused
from frontend.requests import SignedIn
from marketplace.refusals import Forbidden, Refusal, Unknown
from marketplace.saying import said

TEMPLATE = "frontend/pages/act.html"


@dataclass(frozen=True, slots=True)
class Act:
    """What the page of an act says."""

    title: str
    button: str
    back: str  # the address to go to when it is left, and when it is done …
    trail: str  # what stands there
    lead: str = ""
    warning: str = ""  # what cannot be undone …
    warning_title: str = ""  # … or only with others: said here in place of it
    facts: tuple[tuple[str, Any], ...] = ()
    words: str = ""  # what is agreed to, in full
    unit: str = ""  # the currency of its amounts
    then: str = ""  # … unless this is where one goes then
    is_plain: bool = False  # its button is no main one: all such acts weigh the same


class NothingAsked(PageForm):
    """An act that needs nothing but the decision."""


def answer(
    request: SignedIn,
    act: Act,
    form: forms.BaseForm,
    *,
    do: Callable[[dict[str, Any]], object],
    told: str,
    undo: str | Callable[[Any], str] = "",
) -> HttpResponse:
    """
    Show the page of an act; when it is sent, do it, say so, and go back.

    A refusal is shown on the same page, with everything typed still there. What is said afterwards
    has a button that undoes it, where `undo` is the address for that, or makes it of what `do`
    returned.
    """
    context = {"act": act, "form": form}
    if not (request.method == "POST" and form.is_valid()):
        return page(request, TEMPLATE, context)
    try:
        done = do(form.cleaned_data)
    except Refusal as refusal:
        return refused(request, TEMPLATE, context, refusal=refusal)
    address = undo if isinstance(undo, str) else undo(done)
    messages.success(request, told, extra_tags=address)
    return HttpResponseRedirect(act.then or act.back)


def sent(request: SignedIn) -> Any:
    """Return what was sent for a form to bind to; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def undone(request: SignedIn, do: Callable[[], str], *, told: str, otherwise: str) -> HttpResponse:
    """
    Undo what was just done, say so, and go to the address that `do` returns. Where a rule says no,
    say that, and go where it can be seen why.
    """
    try:
        back = do()
    except (Unknown, Forbidden):
        raise
    except Refusal as refusal:
        messages.warning(request, said(refusal.text))
        return HttpResponseRedirect(otherwise)
    messages.success(request, told)
    return HttpResponseRedirect(back)
