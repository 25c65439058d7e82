"""Changing one's password, for those who have one here: others sign in through their company."""

from __future__ import annotations

from allauth.account.views import password_change
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render


@login_required
def change(request: HttpRequest) -> HttpResponseBase:
    """Ask for the old password and a new one, or say that there is none to change."""
    if not (request.user.is_authenticated and request.user.has_usable_password()):
        return render(request, "account/password_none.html")
    answer: HttpResponseBase = password_change(request)
    return answer
