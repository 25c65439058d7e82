"""/reports/: what finance looks at around vendors, teams and contested charges; the feed."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Strict
from api.paging import Listed
from api.papers import paper
from api.questions import CurrencyQuery, KnownQuery, PeriodField, SpanQuery, days_asked
from api.report_files import Report, report_of
from api.resource import Asked, Resource, operation
from ledger.reports import changes as feed
from ledger.reports import disputes as contested
from ledger.reports import provider_results as results
from ledger.reports import vendor_aging as aging
from ledger.reports.known import Known

DisputeOut = paper(
    contested.DisputeRow,
    *("dispute_id", "award_id", "job_id", "job_reference", "milestone_title", "department_name"),
    *("provider_name", "amount", "reason", "raised_by", "raised_at", "days_open", "credit"),
    *("credit_reason", "resolved_by", "resolved_at"),
)
AgingOut = paper(
    aging.AgingRow,
    *("provider_id", "provider_name", "currency", "owed", "days_0_30", "days_31_60"),
    *("days_61_90", "days_over_90", "disputed", "retained", "receivable"),
)
ResultOut = paper(
    results.ResultRow,
    *("provider_id", "provider_name", "fiscal_year", "category_code", "currency", "recovered"),
    *("subsidy", "cost", "surplus"),
)
RateOut = paper(
    results.RateRow,
    *("provider_id", "provider_name", "rule", "rate", "in_force_on", "reviewed_on", "due_on"),
    *("is_due", "fiscal_year", "recovered", "cost", "over", "proposed_rate"),
    title="RateReview",
)
ChangeOut = paper(
    feed.Change, "position", "kind", "subject_id", "job_id", "provider_id", "happened_at"
)
ChangesOut = paper(feed.Changes, "items", "next_since", "is_all")


class DisputeQuery(Strict):
    """Which of them."""

    only_open = serializers.BooleanField(default=True)


class Disputes(Report):
    """/reports/disputes/"""

    @operation(
        "Report disputes",
        scope="reports:read",
        answers=DisputeOut,
        query=DisputeQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Contested charges with what is held for them; the open ones unless told otherwise."""
        rows = contested.disputes(actor=asked.actor, at=asked.at, **asked.query)
        return report_of(asked, "disputes", contested.COLUMNS, rows)


class CreditNotes(Report):
    """/reports/credit-notes/"""

    @operation(
        "Report credit notes",
        scope="reports:read",
        answers=DisputeOut,
        query=SpanQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Charges that were reduced, each with its reason. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = contested.credit_notes(actor=asked.actor, at=asked.at, **span)
        return report_of(asked, "credit-notes", contested.CREDIT_COLUMNS, rows)


class AgingQuery(CurrencyQuery, KnownQuery):
    """Of whom, and when."""

    provider = serializers.UUIDField(required=False, source="provider_id")


class VendorAging(Report):
    """/reports/vendor-aging/"""

    @operation(
        "Report what vendors are owed",
        scope="reports:read",
        answers=AgingOut,
        query=AgingQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """By how long it has been owed; what is disputed and retained beside it. Today."""
        known = asked.query.pop("known", Known())
        known = Known(known.as_of or asked.at.date(), known.known_at)
        rows = aging.vendor_aging(actor=asked.actor, known=known, **asked.query)
        return report_of(asked, "vendor-aging", aging.COLUMNS, rows)


class ResultQuery(KnownQuery):
    """Which months: one, or from one to another; this year's without."""

    period = PeriodField(required=False, source="since_period")
    until_period = PeriodField(required=False)


class ProviderResults(Report):
    """/reports/provider-pnl/"""

    @operation(
        "Report teams' results",
        scope="reports:read",
        answers=ResultOut,
        query=ResultQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Recoveries by kind of work, subsidies, cost as settled, surplus or deficit."""
        year = asked.at.year * 100
        first = asked.query.pop("since_period", 0)
        months = {
            "since_period": first or year + 1,
            "until_period": asked.query.pop("until_period", first or year + 13),
        }
        rows = results.provider_results(actor=asked.actor, **months, **asked.query)
        return report_of(asked, "provider-pnl", results.COLUMNS, rows)


class RateReview(Report):
    """/reports/rate-review/"""

    @operation("Review rates", scope="reports:read", answers=RateOut, paged=True, files=True)
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Each team's rule in force, over- or under-recovery, the rate that would have fitted."""
        rows = results.rate_review(actor=asked.actor, today=asked.at.date())
        return report_of(asked, "rate-review", results.RATE_COLUMNS, rows)


class ChangesQuery(Strict):
    """From which place on."""

    since = serializers.IntegerField(default=0, min_value=0, max_value=2**53)
    limit = serializers.IntegerField(default=200, min_value=1, max_value=200)


class Changes(Resource):
    """/reports/changes/"""

    @operation("Follow what changed", scope="reports:read", answers=ChangesOut, query=ChangesQuery)
    def get(self, asked: Asked) -> Any:
        """
        Every sealed event by its place, without gaps; go on with `next_since`. One that is not for
        you has its place and nothing else.
        """
        return feed.changes(actor=asked.actor, **asked.query)
