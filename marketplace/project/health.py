"""/healthz: the process answers. /readyz: the database does too, and is migrated. /metrics."""

import hmac
import re
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import Gauge

from marketplace.log.copies import copy_states
from marketplace.log.sealer import backlog

OF_BIDDERS = re.compile(
    rb'view="(bid|final|my-bids|decline|question-ask|receipt'  # pages, by their names
    rb"|api\.(bids|bid_files|conversation\.(Questions|Decline)|final_choices\.Final))"  # by class
)
LAG_SECONDS_MAX = 60  # sealing takes seconds; after a minute somebody should look
WAITING = Gauge("choicebook_log_waiting_events", "Events recorded and not sealed yet")
LAG = Gauge("choicebook_log_lag_seconds", "Since the oldest event that is not sealed was recorded")
STOPPED = Gauge("choicebook_log_stopped", "1 when sealing waits for manage.py raise_epoch")
FAILING = Gauge("choicebook_log_copies_failing", "Places that do not take copies of checkpoints")


class HealthMiddleware:
    """
    Answer the two questions before anything else looks at the request: whoever watches the
    processes knows neither our host name nor TLS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.migrated = False  # once true it stays true for this process: asking is slow

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            return self._readiness()
        return self.get_response(request)

    def _readiness(self) -> HttpResponse:
        state = {"database": "ok", "migrations": "ok"}
        sealing = "unknown"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self.migrated = self.migrated or not pending_migrations()
            if self.migrated:
                sealing = sealing_state()
            else:
                state["migrations"] = "pending"
        except Error:
            state = {"database": "unreachable", "migrations": "unknown"}
        finally:
            connection.close()
        ready = set(state.values()) == {"ok"}
        # Sealing that lags behind is for whoever watches: the site can serve people meanwhile.
        return JsonResponse(state | {"sealing": sealing}, status=200 if ready else 503)


def sealing_state() -> str:
    """Return how the sealing of the record does: ok, behind, or stopped."""
    waiting = backlog()
    if waiting.is_counting_anew:
        return "stopped"
    return "behind" if waiting.seconds > LAG_SECONDS_MAX else "ok"


def pending_migrations() -> bool:
    """Whether the code knows of migrations that the database does not have."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures for Prometheus, to whoever knows the token. They tell no business."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    waiting = backlog()
    WAITING.set(waiting.events)
    LAG.set(waiting.seconds)
    STOPPED.set(waiting.is_counting_anew)
    FAILING.set(sum(bool(state.problem) for state in copy_states()))
    answer: HttpResponse = ExportToDjangoView(request)
    # How often the pages and addresses of bidders are used would tell how many bid.
    lines = answer.content.splitlines(keepends=True)
    answer.content = b"".join(line for line in lines if not OF_BIDDERS.search(line))
    return answer
