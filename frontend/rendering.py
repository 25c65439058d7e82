"""From what the domain answers to a page: the page itself, or its reasoned no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from marketplace.refusals import Forbidden, Refusal, Unknown


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return a page. A form in it that did not pass its own checks makes the answer a 422."""
    values = dict(context or {})
    form = values.get("form")
    if status == HTTPStatus.OK and isinstance(form, forms.BaseForm) and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    response = render(request, template, values, status=status)
    # A fragment and a page live at one address; a cache must not mix them up.
    patch_vary_headers(response, ["HX-Request"])
    return response


def refused(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    refusal: Refusal,
) -> HttpResponse:
    """
    Return the page again with the refusal on it and everything typed still there.

    The refusal stands beside its field where the form has one (422), else on top (409).
    What is unknown or not theirs to do is no matter of this form: those pages are answered.
    """
    if isinstance(refusal, (Unknown, Forbidden)):
        return declined(request, refusal)
    form = context.get("form")
    if not isinstance(form, forms.BaseForm):
        return page(
            request,
            template,
            {**context, "refusal": refusal},
            status=HTTPStatus.CONFLICT,
        )
    # A form with a prefix or of another shape may lack the field: then it is said on top.
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.text)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if field else HTTPStatus.CONFLICT
    return page(request, template, context, status=status)


def declined(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page for a refusal that no form asked for: unknown 404, forbidden 403, else 409."""
    if isinstance(refusal, Unknown):
        # Without the refusal's words: a foreign thing answers exactly like a missing one.
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    if isinstance(refusal, Forbidden):
        return render(
            request, "403.html", {"refusal": refusal}, status=HTTPStatus.FORBIDDEN
        )
    template = "frontend/pages/refused.html"
    return render(request, template, {"refusal": refusal}, status=HTTPStatus.CONFLICT)


class RefusalMiddleware:
    """Answers a refusal that a page let through, so that no page must repeat it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Return the page for a refusal; anything else is a bug and goes on to the log."""
        return declined(request, exception) if isinstance(exception, Refusal) else None
