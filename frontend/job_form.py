"""The form in which a department says what it wants: shape only, and as much of it as is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import wording
from frontend.criterion_form import CriterionForm
from frontend.forms import (
    DayField,
    MomentField,
    MoneyField,
    PageForm,
    WordsField,
    count_in,
    offer,
)
from frontend.job_rules import asks_of
from marketplace.catalogue import CriterionText, JobText
from marketplace.details import HEAVIEST_PAST, PAST_RATINGS, past_ratings
from marketplace.directory import CategoryFacts, ProviderFacts, Seat
from marketplace.drafting import JobDetails
from marketplace.offering import OfferedPolicy
from marketplace.templates import TemplateCriterion, TemplatePaper


class JobForm(PageForm):
    """Everything but the criteria. Only a title is needed to begin."""

    department = forms.ChoiceField(label=gettext_lazy("Department"))
    title = forms.CharField(
        max_length=500,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What, for how many, where. Bidders see it first."),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Kind of work"),
        help_text=gettext_lazy("Who does it stands first under “Who may bid”."),
    )
    need = WordsField(
        rows=7,
        max_length=20_000,
        required=False,
        label=gettext_lazy("What you need"),
        help_text=gettext_lazy(
            "What should be different afterwards, and what is already fixed. "
            "Leave the how to the bidders."
        ),
    )
    ceiling = MoneyField(
        required=False,
        label=gettext_lazy("Ceiling"),
        help_text=gettext_lazy("The most you will pay. The budget covers it and the fee on it."),
    )
    shows_ceiling = forms.ChoiceField(
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
        label=gettext_lazy("Do bidders see the ceiling?"),
        help_text=gettext_lazy(
            "Yes: no bid above it is taken. No: a bid above it is taken, and marked at the opening."
        ),
    )
    point = MoneyField(
        required=False,
        label=gettext_lazy("One quality point is worth"),
        help_text=gettext_lazy(
            "A bid that is ten points better may cost ten times this more. Left empty, we fill in "
            "7.50 for each 1,000 of a ceiling that bidders see; with a hidden one, say your own."
        ),
    )
    past_ratings = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=HEAVIEST_PAST,
        label=gettext_lazy("Weight of past ratings"),
        help_text=gettext_lazy(
            "0 to 20 of the 100. Computed at the opening from how satisfied departments were; "
            "newcomers count as usual."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "amount"}),
    )
    mode = forms.ChoiceField(
        choices=wording.choices("modes"),
        label=gettext_lazy("How bids are ranked"),
        help_text=gettext_lazy(
            "Quality to price reckons better quality against a higher price, by the worth of a "
            "point. Lowest cost looks at the price alone. For a fixed price, quality alone counts."
        ),
    )
    policy_code = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Rules"),
        help_text=gettext_lazy("Those that finance offers today."),
    )
    procedure = forms.ChoiceField(
        choices=wording.choices("procedures"),
        label=gettext_lazy("Procedure"),
        help_text=gettext_lazy(
            "Quick: prices and quality are opened together. Formal: quality is scored before "
            "prices are opened, and bidders may object before work begins."
        ),
    )
    invited = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Invite"),
    )
    waiver = WordsField(
        rows=2,
        required=False,
        label=gettext_lazy("Why not both a team and a vendor"),
        help_text=gettext_lazy("Only where one side is missing. It stays on the record."),
    )
    closes_at = MomentField(
        required=False,
        label=gettext_lazy("Bids close"),
        help_text=gettext_lazy("Until then bids are sealed, and nobody reads one."),
    )
    questions_until = MomentField(
        required=False,
        label=gettext_lazy("Questions until"),
        help_text=gettext_lazy("Left empty, as long as bids may come."),
    )
    starts_on = DayField(required=False, label=gettext_lazy("Work starts"))
    ends_on = DayField(required=False, label=gettext_lazy("Work ends"))
    bids_wanted = forms.IntegerField(
        min_value=1,
        max_value=99,
        label=gettext_lazy("Bids wanted"),
        help_text=gettext_lazy("So many make it a real choice for you."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "amount"}),
    )
    too_few_rule = forms.ChoiceField(
        choices=wording.choices("too_few"),
        label=gettext_lazy("If there are fewer"),
        help_text=gettext_lazy("It happens by itself when bidding ends. Bidders read it."),
    )

    def __init__(
        self,
        *args: Any,
        kinds: list[CategoryFacts],
        invitable: list[ProviderFacts],
        departments: list[Seat],
        currency: str,
        limits_in: str,  # the department's own currency
        rules: list[OfferedPolicy],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rule_lines = [asks_of(one, currency=limits_in) for one in rules]
        offer(self, "policy_code", [(one.code, f"{one.code}: {one.explanation}") for one in rules])
        if len(rules) == 1:
            self.fields["policy_code"].widget = forms.HiddenInput()
        offer(self, "department", [(str(one.id), one.name) for one in departments])
        offer(self, "category", [(str(kind.id), kind.name) for kind in kinds])
        offer(self, "invited", [(str(one.id), _named(one)) for one in invitable])
        self._kinds_of = {
            str(one.id): [str(kind.id) for kind in one.categories] for one in invitable
        }
        self._first_kind = str(kinds[0].id) if kinds else ""
        for name in ("ceiling", "point"):
            count_in(self, name, currency)
        if len(departments) == 1:
            self.fields["department"].widget = forms.HiddenInput()

    def invitable(self) -> Invitable:
        """Return who may be invited: who does the kind of work that is chosen, and the others."""
        chosen = str(self["category"].value() or self._first_kind)
        every = [
            InvitedChoice(widget, self._kinds_of.get(str(widget.data["value"]), []))
            for widget in self["invited"]
        ]
        fitting = [one for one in every if chosen in one.kinds]
        others = [one for one in every if chosen not in one.kinds]
        is_open = not fitting or any(one.widget.data["selected"] for one in others)
        return Invitable(fitting, others, is_open or bool(self["invited"].errors))


@dataclass(frozen=True, slots=True)
class InvitedChoice:
    """One provider to tick, and the kinds of work that it does."""

    widget: BoundWidget
    kinds: list[str]  # ids


@dataclass(frozen=True, slots=True)
class Invitable:
    """Everybody who may be invited; the others are folded away while nothing of them is asked."""

    fitting: list[InvitedChoice]
    others: list[InvitedChoice]
    is_open: bool


def details(form: JobForm, criteria: list[CriterionForm], *, currency: str) -> JobDetails:
    """Return what was typed as the verbs take it."""
    typed = form.cleaned_data
    return JobDetails(
        title=typed["title"],
        category_id=UUID(typed["category"]),
        need=typed["need"],
        procedure=typed["procedure"],
        mode=typed["mode"],
        currency=currency,
        ceiling=typed["ceiling"],
        shows_ceiling=typed["shows_ceiling"] == "yes",
        point=typed["point"],
        starts_on=typed["starts_on"],
        ends_on=typed["ends_on"],
        questions_until=typed["questions_until"],
        closes_at=typed["closes_at"],
        bids_wanted=typed["bids_wanted"],
        too_few_rule=typed["too_few_rule"],
        criteria=[
            *(one.draft() for one in criteria),
            *([past_ratings(typed["past_ratings"])] if typed["past_ratings"] else []),
        ],
        invited=[UUID(one) for one in typed["invited"]],
        waiver=typed["waiver"],
    )


def initial_of_template(begun: TemplatePaper) -> dict[str, Any]:
    """Return what the form shows of a template."""
    return {
        "title": begun.title,
        "category": str(begun.category_id),
        "need": begun.whole_need,
        "procedure": begun.procedure,
        "mode": begun.mode,
        "past_ratings": past_weight(begun.criteria),
        "bids_wanted": begun.bids_wanted,
        "too_few_rule": begun.too_few_rule,
    }


def initial_of(job: JobText) -> dict[str, Any]:
    """Return what the form shows of a draft, or of an earlier job that is copied."""
    return {
        "department": str(job.department_id),
        "title": job.title,
        "category": str(job.category_id),
        "need": job.need,
        "policy_code": job.policy_code if job.published_at is None else "standard",
        "procedure": job.procedure,
        "mode": job.mode,
        "past_ratings": past_weight(job.criteria),
        "ceiling": job.ceiling,
        "shows_ceiling": "yes" if job.shows_ceiling else "no",
        "point": job.point,
        "starts_on": job.starts_on,
        "ends_on": job.ends_on,
        "questions_until": job.questions_until,
        "closes_at": job.closes_at,
        "bids_wanted": job.bids_wanted,
        "too_few_rule": job.too_few_rule,
        "invited": [str(one.provider_id) for one in job.invited],
        "waiver": job.waiver,
    }


def past_weight(criteria: Sequence[CriterionText | TemplateCriterion]) -> int | None:
    """Return what past ratings weigh; None where they do not count."""
    return next((one.weight for one in criteria if one.kind == PAST_RATINGS), None)


def _named(one: ProviderFacts) -> str:
    origin = _("In-house") if one.is_in_house else _("Outside")
    return format_html('{} <span class="origin">{}</span>', one.name, origin)
