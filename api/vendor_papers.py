"""What the papers of vendors show, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import MomentField
from api.papers import paper
from ledger.reports.vendor_year import VendorStatement, YearLine, YearSums
from marketplace import vendor_facts as facts
from marketplace import vendor_paper as papers
from marketplace.vendor_said import Said

VendorStateOut = paper(
    facts.VendorState,
    *("provider_id", "name", "state", "since_at", "then", "missing"),
)
SaidOut = paper(Said, "code", "text", "is_done", "by", "at")
ProfileOut = paper(
    facts.ProfileFacts,
    *("legal_name", "register_number", "tax_number", "country", "address", "said_by", "said_at"),
    title="VendorProfile",
)
DeclarationOut = paper(facts.DeclarationFacts, "owners", "conflict", "declared_by", "declared_at")
TermsOut = paper(facts.TermsFacts, "version", "text", "stated_at", title="VendorTerms")
AcceptedOut = paper(facts.AcceptedFacts, "version", "accepted_by", "accepted_at")
InvitedOut = paper(
    facts.InvitationFacts,
    *("id", "company_name", "email", "role", "provider_id", "invited_by", "invited_at"),
    *("ends_at", "state"),
    title="VendorInvitation",
)
SuspendedOut = paper(
    facts.SuspensionFacts,
    *("reason", "suspended_by", "suspended_at", "return_reason", "ended_by", "ended_at"),
)
VendorPaperOut = paper(
    papers.VendorPaper,
    *("facts", "said", "profile", "declaration", "terms", "last_terms", "sent_back"),
    *("approved_by", "invited_by", "invitations", "suspensions"),
    *("may_speak", "may_approve", "may_send_back", "may_suspend"),
)
YearLineOut = paper(
    YearLine, "on", "what", "job_title", "amount", "balance", "entry_id", title="VendorYear"
)

YearSumsOut = paper(
    YearSums, *("opening", "earned", "credited", "paid", "came_back", "closing"), title="VendorSums"
)
VendorStatementOut = paper(
    VendorStatement, "provider_id", "name", "since_on", "until_on", "sums", "lines"
)


class TermsStatedOut(serializers.Serializer[Any]):
    """Terms were stated."""

    version = serializers.IntegerField()
    stated_at = MomentField()
