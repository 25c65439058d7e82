"""/healthz: the process answers. /readyz: the database does too, and is migrated. /metrics."""

import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView


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
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self.migrated = self.migrated or not pending_migrations()
            if not self.migrated:
                state["migrations"] = "pending"
        except Error:
            state = {"database": "unreachable", "migrations": "unknown"}
        finally:
            connection.close()
        ready = set(state.values()) == {"ok"}
        return JsonResponse(state, status=200 if ready else 503)


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
    answer: HttpResponse = ExportToDjangoView(request)
    return answer
