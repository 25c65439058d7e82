"""What Stripe announces: taken at once, and answered. No session and no token: it is signed."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from api.problems import problem
from ledger.stripe_events import take_event
from marketplace.project.clock import ReceivedRequest
from marketplace.refusals import Refusal

LONGEST = 1_000_000  # bytes; Stripe's are a few thousand


@csrf_exempt
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take one event: these very bytes, as they were signed. What follows is the worker's."""
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        return problem(413, "This is longer than any event.")
    signature = request.headers.get("Stripe-Signature", "")
    try:
        take_event(
            body=request.body,
            signature=signature,
            at=cast(ReceivedRequest, request).received_at,
        )
    except Refusal as refusal:
        return problem(400, refusal.text, code=refusal.code)
    return HttpResponse(status=204)


urlpatterns = [path("events/", take, name="stripe-events")]
