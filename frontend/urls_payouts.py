"""The addresses of payouts: finance's, and a vendor's own."""

from django.urls import URLPattern, path

from frontend.pages import payout_acts, payouts, repayments
from frontend.tables import files

urlpatterns: list[URLPattern] = [
    path("finance/payouts/", payouts.index, name="payouts"),
    *files("finance/payouts", payouts.index_csv, name="payouts"),
    path("finance/payouts/<uuid:payout_id>/<slug:what>/", payout_acts.act_on, name="payout-act"),
    path("finance/vendors/<uuid:provider_id>/by-hand/", payouts.by_hand, name="payee-by-hand"),
    path(
        "finance/vendors/<uuid:provider_id>/payouts/<str:currency>/", payouts.ask, name="payout-ask"
    ),
    path(
        "finance/vendors/<uuid:provider_id>/repayments/<str:currency>/",
        repayments.note,
        name="repayment-note",
    ),
    path("finance/payees/<uuid:payee_id>/confirmation/", payouts.confirm, name="payee-confirm"),
    path("finance/top-ups/<str:currency>/", payouts.top_up, name="top-up"),
    path("finance/movements/<str:movement_id>/", payouts.explain, name="movement-explain"),
    path("vendors/<uuid:provider_id>/account/", payouts.account, name="vendor-account"),
    path("vendors/<uuid:provider_id>/account/stripe/", payouts.connect, name="vendor-connect"),
]
