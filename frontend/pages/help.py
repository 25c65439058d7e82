"""Help: the same place on every page, open to everybody."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.pages.specimens import specimens
from frontend.programs import first_call
from frontend.rendering import page
from frontend.requests import SignedIn
from marketplace.directory import departments, seats


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what help there is."""
    return page(request, "frontend/pages/help/index.html")


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """Show the keys, and the switch that turns them off."""
    return page(request, "frontend/pages/help/keyboard.html")


@require_safe
def reports(request: SignedIn) -> HttpResponse:
    """Show how a program pulls reports: one line to copy, and what there is to ask for."""
    now = request.received_at
    context = {
        "call": first_call(at=now),
        "month": f"{timezone.localtime(now):%Y-%m}",
        "department": _a_department(request) if request.user.is_authenticated else "…",
    }
    return page(request, "frontend/pages/help/reports.html", context)


def _a_department(request: SignedIn) -> str:
    """Return the id of a department whose statement the reader may ask for, if there is one."""
    own = seats(request.user).departments or departments(request.user)
    return str(own[0].id) if own else "…"


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show what was done so that everybody can use the pages, and what is still missing."""
    return page(request, "frontend/pages/help/accessibility.html")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in each of its states."""
    now = request.received_at  # type: ignore[attr-defined] # set at the door
    context = {
        **specimens(now=now),
        "soon": now + timedelta(days=5),
        "late": now - timedelta(hours=3),
    }
    return page(request, "frontend/pages/help/components.html", context)
