"""The description of the API, its browsable reference, and the answer to a wrong address."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import TokenAuthentication
from api.resource import Resource


class Description(SpectacularAPIView):
    """OpenAPI 3.1, as JSON or YAML."""

    permission_classes = (IsAuthenticated,)
    authentication_classes = (TokenAuthentication, SessionAuthentication)


class Reference(SpectacularSwaggerSplitView):
    """The same to browse and to try, from our own origin and without inline script."""

    permission_classes = (IsAuthenticated,)
    authentication_classes = (SessionAuthentication,)
    url_name = "api-description"
    template_name = "api/reference.html"


class NoSuchAddress(Resource):
    """Whatever is not an address of the API says so as a problem, whoever asks."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(exclude=True)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        raise Http404


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description speaks of tokens."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from your settings. It acts as you, within its scopes.",
        }


class CookieScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """The session of somebody who signed in on the pages."""

    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"
    priority = 1
