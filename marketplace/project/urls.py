"""Every address: pages, API, signing in, the read-only admin site, and how the process is."""

from allauth.account import views as account
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path

from marketplace.project import health, passwords

admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]  # one sign-in

# Named one by one: what is not listed (signing up, resetting by mail) has no address.
accounts = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("confirm-it-is-you/", account.reauthenticate, name="account_reauthenticate"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/", passwords.change, name="account_change_password"),
    path("sign-up/", account.signup, name="account_signup"),  # says that it is closed
]

urlpatterns = [
    path("metrics", health.metrics),
    path("accounts/", include(accounts)),
    path("admin/", admin.site.urls),
    path("stripe/", include("api.stripe_events")),
    path("api/v1/", include("api.urls")),
    path("", include("frontend.urls")),
]

handler500 = "frontend.pages.faults.server_error"
