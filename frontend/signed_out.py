"""
What a part of a page hears when its session has ended: never a page to sign in, put in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render, resolve_url

from frontend.requests import SignedIn

READING = ("GET", "HEAD")


class SignedOutMiddleware:
    """
    Answer what a page asks by itself where it would be led to the sign-in. What it only wanted to
    read stays as it is (401); where it saves what is being written, it says that it does not.
    """

    def __init__(self, get_response: Callable[[SignedIn], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SignedIn) -> HttpResponse:
        response = self.get_response(request)
        if not (request.htmx and response.status_code == HTTPStatus.FOUND):
            return response
        if urlsplit(response["Location"]).path != resolve_url(settings.LOGIN_URL):
            return response
        if request.method in READING:
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        return render(request, "frontend/signed_out.html")
