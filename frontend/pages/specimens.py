"""The figures that the catalogue of components is shown with. Invented, like everything there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend import wording
from frontend.charts.budget import budget_bar
from frontend.charts.burndown import MonthEnd, burndown
from frontend.charts.needs import Need, needs_profile
from frontend.charts.reasons import Reason, wins_and_losses
from frontend.charts.share import SharePoint, share_over_time
from frontend.charts.spread import Priced, price_spread
from frontend.forms import DayField, MomentField, MoneyField, PageForm, WordsField
from marketplace.money import Money


class SpecimenForm(PageForm):
    """One field of each kind."""

    title = forms.CharField(max_length=80, label=_("Title"), help_text=_("Bidders see it first."))
    category = forms.ChoiceField(
        choices=[("events", "Events"), ("print", "Print")], label=_("Kind of work")
    )
    need = WordsField(label=_("What you need"), required=False)
    ceiling = MoneyField(label=_("Ceiling"), help_text=_("The most you will pay."))
    closes_at = MomentField(label=_("Bids close"), help_text=_("In your time zone."))
    starts_on = DayField(label=_("Work starts"), required=False)
    shown = forms.ChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        label=_("Do bidders see the ceiling?"),
    )
    invited = forms.MultipleChoiceField(
        choices=[("gather", "Gather"), ("verdelho", "Verdelho & Irmã")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("Who may bid"),
    )


class SpecimenRating(PageForm):
    """One of the questions that are asked after a job."""

    informed = forms.ChoiceField(
        label=_("Informed"),
        choices=[
            ("1", _("Not at all")),
            ("2", _("A little")),
            ("3", _("Mostly")),
            ("4", _("Well")),
            ("5", _("Very well")),
            ("na", _("Doesn’t apply")),
        ],
        widget=forms.RadioSelect,
    )


def specimens(*, now: datetime) -> dict[str, Any]:
    """Return what the catalogue shows: two forms, one of them refused, money and drawings."""
    typed = {"title": "", "ceiling": "much", "closes_at": "", "category": "events"}
    return {
        "resting": SpecimenForm(
            auto_id="rest_%s",
            initial={
                "title": "Annual meeting 2027",
                "ceiling": Money(16_500_000, "EUR"),
                "closes_at": now + timedelta(days=12),
            },
        ),
        "refused": SpecimenForm(typed),
        "rating": SpecimenRating(initial={"informed": "4"}),
        "price": Money(14_332_000, "EUR"),
        "credit": Money(-145_000, "EUR"),
        "yen": Money(1_250_000, "JPY"),
        "granted": Money(48_000_000, "EUR"),
        **_drawings(),
        "rooms": [
            ("light", _("Light")),
            ("dark", _("Dark")),
            ("contrast", _("High contrast")),
            ("print", _("Print")),
        ],
    }


def _drawings() -> dict[str, Any]:
    granted, free = Money(48_000_000, "EUR"), Money(18_340_000, "EUR")
    charged, committed = Money(23_311_840, "EUR"), Money(6_348_160, "EUR")
    return {
        "shares": share_over_time(_shares()),
        "budget": budget_bar(granted=granted, charged=charged, committed=committed, free=free),
        "needs": needs_profile(_needs()),
        "through": burndown(_months()),
        "spread": price_spread(
            [
                Priced("Gather", Money(14_332_000, "EUR")),
                Priced("Verdelho & Irmã", Money(13_100_000, "EUR")),
                Priced("Lumen", Money(17_900_000, "EUR"), is_valid=False),
            ],
            ceiling=Money(16_500_000, "EUR"),
            median=Money(13_716_000, "EUR"),
        ),
        "reasons": wins_and_losses(
            [
                Reason(str(wording.word("reasons", "quality")), 5, 2),
                Reason(str(wording.word("reasons", "price")), 1, 4),
            ]
        ),
    }


def _months() -> list[MonthEnd]:
    """A year's budget of 480,000, of which a little more is promised and charged each month."""
    stood = [(0, 0), (90, 0), (150, 40), (120, 110), (160, 140), (90, 233)]
    return [
        MonthEnd(
            f"{number:02}/2026",
            Money(48_000_000, "EUR"),
            Money(promised * 100_000, "EUR"),
            Money(charged * 100_000, "EUR"),
            Money(48_000_000 - (promised + charged) * 100_000, "EUR"),
        )
        for number, (promised, charged) in enumerate(stood, start=1)
    ]


def _shares() -> list[SharePoint]:
    counted = [(3, 9), (4, 10), (5, 9), (6, 11), (7, 12), (6, 12), (9, 14), (8, 12)]
    return [
        SharePoint(f"Q{1 + index % 4} {2025 + index // 4}", part, whole)
        for index, (part, whole) in enumerate(counted)
    ]


def _needs() -> list[Need]:
    return [
        Need(str(_("Informed")), 4.5, 4.1),
        Need(str(_("In control")), 4.1, 4.0),
        Need(str(_("Choices")), 3.8, 4.2),
        Need(str(_("Friendly")), 4.6, 4.3),
        Need(str(_("Knowledgeable")), 4.3, 4.4),
        Need(str(_("Attentive")), None, None),
    ]
