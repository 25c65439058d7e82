"""The addresses of vendors: on their way in, and what is kept of them."""

from django.urls import URLPattern, path

from frontend.pages import vendor_joining, vendor_years, vendors

VENDOR = "vendors/<uuid:provider_id>/"

urlpatterns: list[URLPattern] = [
    path("vendors/", vendors.index, name="vendors"),
    path("vendors/invitation/", vendors.invite, name="vendor-invite"),
    path("vendors/terms/", vendors.terms, name="terms-state"),
    path(
        "vendors/invitations/<uuid:invitation_id>/withdrawal/",
        vendors.withdraw,
        name="vendor-uninvite",
    ),
    path("invitations/<uuid:invitation_id>/<str:secret>/", vendor_joining.join, name="join"),
    path(VENDOR, vendors.show, name="vendor"),
    path(VENDOR + "approval/", vendors.approve, name="vendor-approve"),
    path(VENDOR + "profile/", vendor_joining.company, name="vendor-profile"),
    path(VENDOR + "kinds/", vendor_joining.kinds, name="vendor-kinds"),
    path(VENDOR + "terms/", vendor_joining.terms, name="vendor-terms"),
    path(VENDOR + "declaration/", vendor_joining.declaration, name="vendor-declare"),
    path(VENDOR + "colleagues/", vendor_joining.colleague, name="vendor-colleague"),
    path(VENDOR + "answer/<slug:what>/", vendors.reasoned, name="vendor-reasoned"),
    path(VENDOR + "years/<int:year>/", vendor_years.show, name="vendor-year"),
    path(VENDOR + "years/<int:year>.<slug:kind>", vendor_years.as_file, name="vendor-year-file"),
]
