"""The form of a job: each rule is explained where it is chosen, and the first check names all."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.models.jobs import Job
from tests.builders import DAY
from tests.cast import Cast
from tests.frontend.words import said, typed

pytestmark = pytest.mark.django_db


def invitable(page: str) -> tuple[list[str], list[str], bool]:
    """Return who stands first among those to invite, who is folded away, and if that is open."""
    field = re.search(r'<fieldset class="field invited".*?</fieldset>', page, re.DOTALL)
    assert field
    first, others = re.split(r"<details", field[0])
    names = [re.findall(r"<span>([^<]+?) <span", part) for part in (first, others)]
    return names[0], names[1], others.startswith(" open")


def test_the_rules_are_said_where_a_job_is_written(maya: Client) -> None:
    page = said(maya.get(reverse("job-new")))

    assert "A team and a vendor are invited, or you say why not." in page
    assert "Above a ceiling of EUR 50,000.00 the procedure is formal." in page
    assert "The marketplace’s fee is 2 % of the price." in page
    for name in ("ceiling", "mode", "procedure", "closes_at", "bids_wanted", "too_few_rule"):
        assert f'id="id_{name}_helptext"' in maya.get(reverse("job-new")).content.decode(), name


def test_who_does_this_kind_of_work_stands_first_and_the_others_are_folded(
    cast: Cast, maya: Client, now: datetime
) -> None:
    cast.vera_co.categories.set([cast.printing])
    maya.post(reverse("job-new"), typed(cast, now + 9 * DAY, invited=[str(cast.events_team.pk)]))
    address = reverse("job-edit", args=[Job.objects.get().pk])

    first, others, is_open = invitable(maya.get(address).content.decode())

    assert "Events" in first
    assert "Vera &amp; Co" in others
    assert "Vera &amp; Co" not in first
    assert not is_open

    invited = [str(cast.events_team.pk), str(cast.vera_co.pk)]
    maya.post(address, typed(cast, now + 9 * DAY, invited=invited))
    *_, is_open = invitable(maya.get(address).content.decode())
    assert is_open  # whoever is invited is never hidden


def test_a_form_with_a_mistake_says_in_the_same_answer_what_it_lacks(
    cast: Cast, maya: Client
) -> None:
    begun = {"department": str(cast.marketing.pk), "category": str(cast.events.pk), "rows": "0"}
    chosen = {"shows_ceiling": "yes", "mode": "quality_to_price", "procedure": "quick"}
    last = {"bids_wanted": "2", "too_few_rule": "go_on", "ceiling": "plenty", "go": "check"}

    answer = maya.post(reverse("job-new"), begun | chosen | last)

    page = said(answer)
    assert answer.status_code == 422
    assert "“Title” is missing." in page
    assert "“plenty” is not an amount" in page
    assert "Say what is needed." in page
    assert "Say until when bids may come." in page
    assert "Say what bids are judged on, with weights that add up to 100." in page
    assert "Invite somebody to bid." in page


def test_the_first_check_names_the_budget_with_all_else(
    cast: Cast, maya: Client, now: datetime
) -> None:
    """Nothing is kept for the moment of publishing."""
    much = typed(cast, now, need="", ceiling="900,000.00", invited=[], go="check")
    sent = maya.post(reverse("job-new"), much | {"closes_at": ""})

    page = said(maya.get(sent["Location"]))

    assert "Say what is needed." in page
    assert "Say until when bids may come. Leave bidders at least 3 days." in page
    assert "At least one team and one vendor, or say why not." in page
    assert "Above EUR 50,000.00, choose the formal procedure." in page
    assert "The ceiling is EUR 900,000.00, and EUR 18,000.00 the fee on it; the budget has" in page
    assert sent["Location"] == reverse("job-publish", args=[Job.objects.get().pk])
