"""Lists as they are called on paper, by the names of their files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.wording import Words

LISTS: Words = {
    "bids": _("Bids"),
    "budget": _("Budget"),
    "budget-moves": _("Moves of budget"),
    "budgets": _("Budgets"),
    "carry-forward": _("Carried forward"),
    "choices": _("Choices made"),
    "comparison": _("Comparison"),
    "corrections": _("Corrections"),
    "departments": _("Departments"),
    "jobs": _("Jobs"),
    "journal": _("Journal"),
    "outside-spend": _("Spend outside"),
    "payouts": _("Payouts"),
    "people": _("People"),
    "periods": _("Months of the books"),
    "promises": _("Promises kept"),
    "providers": _("Providers"),
    "rates": _("Rates"),
    "ratings": _("Ratings"),
    "reasons": _("Reasons"),
    "recoveries": _("Results of teams"),
    "sample": _("Sample"),
    "statement": _("Statement"),
    "trial-balance": _("Trial balance"),
    "vendor-year": _("A vendor’s year"),
}
