"""From what the domain answers to a page: the page itself, or its reasoned no."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Protocol, cast

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from marketplace.project.clock import ReceivedRequest
from marketplace.refusals import Forbidden, Refusal, Unknown
from marketplace.saying import said


class Checked(Protocol):
    """A form, or several that stand for one."""

    @property
    def errors(self) -> Any: ...
    @property
    def fields(self) -> Mapping[str, Any]: ...
    def add_error(self, field: str | None, text: str, /) -> None: ...


View = Callable[..., HttpResponse]
SIGN_INS = "account_authentication_methods"  # where the sign-in library notes them


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Return a page. A form in it that did not pass its own checks makes the answer a 422."""
    values = dict(context or {})
    form: Checked | None = values.get("form")
    if status == HTTPStatus.OK and form is not None and form.errors:
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
    form: Checked | None = context.get("form")
    if form is None:
        return page(
            request,
            template,
            {**context, "refusal": refusal},
            status=HTTPStatus.CONFLICT,
        )
    # A form with a prefix or of another shape may lack the field: then it is said on top.
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, said(refusal.text))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if field else HTTPStatus.CONFLICT
    return page(request, template, context, status=status)


def declined(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page for a refusal without a form: unknown 404, forbidden 403, else 409."""
    if isinstance(refusal, Unknown):
        # Without the refusal's words: a foreign thing answers exactly like a missing one.
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    if isinstance(refusal, Forbidden):
        return render(request, "403.html", {"refusal": refusal}, status=HTTPStatus.FORBIDDEN)
    template = "frontend/pages/refused.html"
    return render(request, template, {"refusal": refusal}, status=HTTPStatus.CONFLICT)


class RefusalMiddleware:
    """Answers a refusal that a page let through, so that no page must repeat it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a refusal; anything else is a bug and goes on to the log."""
        return declined(request, exception) if isinstance(exception, Refusal) else None


def fresh_sign_in(view: View) -> View:
    """
    Ask for the password again before something that binds, when signing in was a while ago.

    What was typed is kept aside meanwhile: `kept_input` gives it back to the page.
    """

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _signed_in_lately(cast(ReceivedRequest, request)):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            typed = request.POST.urlencode().encode()
            request.session[_kept_name(request)] = _locker().encrypt(typed).decode()
        return redirect_to_login(
            request.get_full_path(), login_url=reverse("account_reauthenticate")
        )

    return guarded


def kept_input(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this page before signing in again, once; None if nothing was."""
    kept = request.session.pop(_kept_name(request), None)
    if kept is None:
        return None
    try:
        return QueryDict(_locker().decrypt(kept.encode()))
    except InvalidToken:  # kept under an earlier key of the site
        return None


def _locker() -> Fernet:
    """Return what closes the kept away: sessions lie in the database, and a bid may not."""
    digest = sha256(b"what was typed\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))


def only_known(request: HttpRequest, *names: str) -> None:
    """Refuse an address with a parameter that this page does not read. :raises BadRequest:"""
    unknown = sorted(set(request.GET) - set(names))
    if unknown:
        raise BadRequest(f"This page reads no parameter {', '.join(unknown)}.")


def _kept_name(request: HttpRequest) -> str:
    return f"typed:{request.path}"


def _signed_in_lately(request: ReceivedRequest) -> bool:
    """Return whether the password was given lately: at signing in, or again since then."""
    given: list[float] = [request.session.get("began_at", 0.0)]
    given += [record["at"] for record in request.session.get(SIGN_INS, [])]
    timeout: float = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return request.received_at.timestamp() - max(given) < timeout
