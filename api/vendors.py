"""Vendors: invited, said what they are, approved; and a vendor's year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Nothing, Reason, Strict
from api.fields import IdField, WordField
from api.made import MadeOut
from api.paging import Listed, sliced
from api.report_files import Report, report_of
from api.resource import Asked, Resource, operation
from api.vendor_papers import TermsStatedOut, VendorPaperOut, VendorStateOut, YearLineOut
from ledger.reports.vendor_year import COLUMNS, vendor_year
from marketplace.vendor_approval import approve_vendor, send_vendor_back, state_terms
from marketplace.vendor_invitations import (
    invite_colleague,
    invite_vendor,
    withdraw_vendor_invitation,
)
from marketplace.vendor_joining import (
    accept_terms,
    choose_categories,
    declare_owners,
    describe_company,
)
from marketplace.vendor_paper import vendor_paper, vendor_states

SAYS: dict[str, Any] = {"scope": "company:write", "answers": MadeOut, "status": 201}


class VendorInviteBody(Strict):
    """Whom to ask in, and for which company."""

    email = WordField(max_length=254)
    company_name = WordField(max_length=300)


class VendorInvitations(Resource):
    """/vendor-invitations/"""

    @operation("Invite a vendor", body=VendorInviteBody, once="ever", **SAYS)
    def post(self, asked: Asked) -> Any:
        """For finance and heads. A mail goes out with a link that works once, for 14 days."""
        return invite_vendor(actor=asked.actor, at=asked.at, **asked.body)


class VendorInvitationWithdrawal(Resource):
    """/vendor-invitations/{id}/withdrawal/"""

    @operation("Withdraw a vendor's invitation", body=Nothing, once="ever", **SAYS)
    def post(self, asked: Asked, invitation_id: UUID) -> Any:
        """Its link opens nothing any more."""
        return withdraw_vendor_invitation(
            actor=asked.actor, invitation_id=invitation_id, at=asked.at
        )


class VendorStates(Resource):
    """/vendors/states/"""

    @operation(
        "List where vendors stand",
        scope="jobs:read",
        answers=VendorStateOut,
        paged=True,
        moved=("since_at",),
    )
    def get(self, asked: Asked) -> Listed:
        """Those that wait for finance first."""
        return sliced(vendor_states(actor=asked.actor), **asked.page)


class Vendor(Resource):
    """/vendors/{id}/"""

    @operation("Read what a vendor said of itself", scope="company:write", answers=VendorPaperOut)
    def get(self, asked: Asked, provider_id: UUID) -> Any:
        """For its own people, finance, auditors and administrators."""
        return vendor_paper(actor=asked.actor, provider_id=provider_id, at=asked.at)


class ProfileBody(Strict):
    """What a company is."""

    legal_name = WordField(max_length=300)
    register_number = WordField(max_length=60)
    tax_number = WordField(max_length=60, required=False)
    country = WordField(max_length=2)
    address = WordField(max_length=500)


class VendorProfile(Resource):
    """/vendors/{id}/profile/"""

    @operation("Say what a vendor is", body=ProfileBody, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For whoever leads it. What was said before stays on the record."""
        return describe_company(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class KindsBody(Strict):
    """Which kinds of work."""

    category_ids = serializers.ListField(child=IdField(), max_length=200)


class VendorKinds(Resource):
    """/vendors/{id}/categories/"""

    @operation("Say what a vendor does", body=KindsBody, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For whoever leads it."""
        return choose_categories(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class TermsBody(Strict):
    """The terms, whole."""

    text = WordField(max_length=40_000)


class VendorTerms(Resource):
    """/vendors/terms/"""

    @operation(
        "State the terms for vendors",
        scope="company:write",
        body=TermsBody,
        answers=TermsStatedOut,
        status=201,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """For finance: the next version."""
        return state_terms(actor=asked.actor, at=asked.at, **asked.body)


class AcceptedBody(Strict):
    """Which version was read."""

    version = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


class VendorTermsAccepted(Resource):
    """/vendors/{id}/terms/"""

    @operation("Accept the terms for vendors", body=AcceptedBody, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For whoever leads the vendor; the latest version only."""
        return accept_terms(actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body)


class OwnersBody(Strict):
    """Who owns it, and whom its people are close to; an empty conflict says that there is none."""

    owners = WordField(max_length=4_000)
    conflict = WordField(max_length=4_000, allow_blank=True)


class VendorDeclarations(Resource):
    """/vendors/{id}/declarations/"""

    @operation("Declare owners and conflicts", body=OwnersBody, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For whoever leads the vendor."""
        return declare_owners(actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body)


class ColleagueBody(Strict):
    """Whom to ask into the vendor."""

    email = WordField(max_length=254)
    role = WordField(max_length=20, help_text="lead or member.")


class VendorColleagues(Resource):
    """/vendors/{id}/colleagues/"""

    @operation("Invite a colleague", body=ColleagueBody, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For whoever leads the vendor. A mail goes out with a link that works once."""
        return invite_colleague(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class VendorApproval(Resource):
    """/vendors/{id}/approval/"""

    @operation("Approve a vendor", body=Nothing, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For finance, and never for whoever invited it. From then on it may bid."""
        return approve_vendor(actor=asked.actor, provider_id=provider_id, at=asked.at)


class VendorRefusal(Resource):
    """/vendors/{id}/refusal/"""

    @operation("Send a vendor back", body=Reason, once="ever", **SAYS)
    def post(self, asked: Asked, provider_id: UUID) -> Any:
        """For finance: it is told what is missing."""
        return send_vendor_back(
            actor=asked.actor, provider_id=provider_id, at=asked.at, **asked.body
        )


class VendorYearReport(Report):
    """/reports/vendor-year/{provider_id}/{year}/"""

    @operation(
        "Report a vendor's year",
        scope="reports:read",
        answers=YearLineOut,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked, provider_id: UUID, year: int) -> Listed | HttpResponseBase:
        """Earned, credited, paid, come back: line by line, by the journal."""
        paper = vendor_year(actor=asked.actor, provider_id=provider_id, year=year)
        asked.query["fiscal_year"] = year
        return report_of(asked, "vendor-year", COLUMNS, paper.lines)
