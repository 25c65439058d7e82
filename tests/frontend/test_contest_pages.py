"""Templates, files of a job, the second signature, rules on offer, and hearing those who lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bids.files import attach_file
from bids.models.bids import Bid
from bids.models.files import SealedFile
from ledger.models.hearings import Hearing
from ledger.publishing_limits import state_publishing_limit
from marketplace.models.job_files import JobFile
from marketplace.models.jobs import Job
from marketplace.models.templates import Template
from marketplace.policies import state_policy
from tests.builders import DAY, HOUR, a_draft, eur
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger import builders
from tests.ledger.formal import chosen_lately

PLAN = b"%PDF-1.7\nThe courtyard."


@pytest.fixture
def cast(company: Cast) -> Cast:
    return company


@pytest.fixture
def draft(cast: Cast, now: datetime) -> Job:
    days = {"closes_at": now + 9 * DAY, "questions_until": now + 5 * DAY}
    return a_draft(cast, at=now - HOUR, **days)


def test_a_job_is_kept_as_a_template_and_the_next_one_begins_with_it(
    maya: Client, draft: Job
) -> None:
    empty = said(maya.get(reverse("templates")))
    assert "No template yet" in empty
    kept = maya.post(
        reverse("template-keep", args=[draft.pk]), {"name": "A party", "milestones": "Plan\nParty"}
    )
    assert kept.status_code == 302
    template = Template.objects.get()
    assert "A party" in said(maya.get(reverse("templates")))

    begun = said(maya.get(f"{reverse('job-new')}?template={template.pk}"))
    assert "Begun from the template “A party”" in begun
    again = maya.post(reverse("template-keep", args=[draft.pk]), {"name": "A party"})
    assert again.status_code == 422
    assert maya.post(reverse("template-end", args=[template.pk])).status_code == 302
    assert maya.get(reverse("template-end", args=[template.pk])).status_code == 409


def test_who_may_only_bid_for_a_job_is_asked_for_no_template(
    cast: Cast, maya: Client, draft: Job, as_person: SignIn, now: datetime
) -> None:
    assert maya.post(reverse("job-publish", args=[draft.pk])).status_code == 302
    keep, there = (reverse(name, args=[draft.pk]) for name in ("template-keep", "job"))
    vera = as_person(cast.vera)

    assert vera.get(there).status_code == 200
    assert vera.get(keep).status_code == 404
    assert vera.post(keep, {}).status_code == 404
    assert maya.get(keep).status_code == 200


def test_bidders_read_what_the_draft_was_given_and_what_came_with_an_addendum(
    cast: Cast, maya: Client, draft: Job, as_person: SignIn, now: datetime
) -> None:
    files = reverse("job-files", args=[draft.pk])
    assert maya.post(files, {}).status_code == 422
    wrong = {"file": SimpleUploadedFile("page.html", b"<p>")}
    assert maya.post(files, wrong).status_code == 422
    right = {"file": SimpleUploadedFile("courtyard.pdf", PLAN)}
    assert maya.post(files, right).status_code == 302
    assert "courtyard.pdf" in said(maya.get(reverse("job-publish", args=[draft.pk])))
    vera = as_person(cast.vera)
    one = reverse("job-file", args=[draft.pk, JobFile.objects.get().pk])
    assert vera.get(one).status_code == 404
    assert maya.post(reverse("job-publish", args=[draft.pk])).status_code == 302

    answer = vera.get(one)
    assert (answer.content, answer["X-Content-Type-Options"]) == (PLAN, "nosniff")
    assert "attachment" in answer["Content-Disposition"]
    late = {
        "text": "The plan of the cellar.",
        "closes_at": "",
        "file": SimpleUploadedFile("cellar.pdf", PLAN + b"2"),
    }
    assert maya.post(reverse("job-addendum", args=[draft.pk]), late).status_code == 302
    page = said(vera.get(reverse("job", args=[draft.pk])))
    assert "with the publication" in page
    assert "cellar.pdf" in page
    assert maya.get(files).status_code == 302


def test_a_second_head_signs_or_sends_back(
    cast: Cast, maya: Client, draft: Job, as_person: SignIn, now: datetime
) -> None:
    state_publishing_limit(
        actor=cast.adam, department_id=cast.house.pk, job_limit=eur("5000"), year_limit=None,
        reason="Large jobs are seen by two.", at=now - 2 * HOUR,
    )  # fmt: skip
    gerd, check = as_person(cast.gerd), reverse("job-publish", args=[draft.pk])
    assert "Send to a second head" in said(maya.get(check))
    assert maya.post(check).status_code == 302
    assert "It waits for a second head" in said(maya.get(check))
    assert "Sign a publication, or send it back" in said(gerd.get(reverse("home")))
    assert maya.post(reverse("publication-sign", args=[draft.pk])).status_code == 403
    back = reverse("publication-back", args=[draft.pk])
    assert gerd.post(back, {"reason": "Ask two more."}).status_code == 302
    assert "Ask two more." in said(maya.get(check))
    assert maya.post(check).status_code == 302
    assert "Why two" in said(gerd.get(reverse("publication-sign", args=[draft.pk])))
    assert gerd.post(reverse("publication-sign", args=[draft.pk])).status_code == 302

    draft.refresh_from_db()
    assert draft.published_by == cast.maya


def test_rules_and_limits_are_stated_on_their_page(
    cast: Cast, maya: Client, draft: Job, as_person: SignIn, now: datetime
) -> None:
    state_policy(
        actor=cast.fin, code="careful", at=now - DAY, in_force_on=(now - DAY).date(),
        explanation="For what must stand.", budget_control="hard", minimum_days=3,
        needs_team_and_vendor=True,
    )  # fmt: skip
    fin, adam = as_person(cast.fin), as_person(cast.adam)
    assert "careful: For what must stand." in said(maya.get(reverse("job-edit", args=[draft.pk])))
    take_back = reverse("policy-offer", args=["careful"])
    assert maya.get(take_back).status_code == 403
    words = {"from_on": now.date().isoformat(), "reason": "Nobody used them."}
    assert fin.post(take_back, words).status_code == 302
    assert "Nobody used them." in said(fin.get(reverse("house-rules")))
    assert "careful" not in said(maya.get(reverse("job-edit", args=[draft.pk])))
    limit = reverse("publishing-limit", args=[cast.marketing.pk])
    assert fin.get(limit).status_code == 403
    amounts = {"job_limit": "20,000.00", "year_limit": "", "reason": "Seen by two."}
    assert adam.post(limit, amounts).status_code == 302
    assert "Seen by two." in said(adam.get(reverse("house-rules")))


def test_a_bidder_who_lost_says_how_it_was_and_is_answered(
    cast: Cast, maya: Client, as_person: SignIn, now: datetime
) -> None:
    contest, _ = chosen_lately(cast, now)
    job, vera, pia = contest.job.pk, as_person(cast.vera), as_person(cast.pia)
    assert "How was the contest for you?" in said(vera.get(reverse("debrief", args=[job])))
    say = reverse("hearing-say", args=[job, cast.vera_co.pk])
    assert pia.get(say).status_code == 404
    nothing = {"reasons": "", "fairness": "", "effort": "", "text": ""}
    assert vera.post(say, nothing).status_code == 422
    points = {"reasons": "2", "fairness": "4", "effort": "", "text": "Which answer was missing?"}
    assert vera.post(say, points).status_code == 302

    room = reverse("hearings", args=[job])
    assert "Which answer was missing?" in said(maya.get(room))
    assert "Which answer was missing?" not in said(pia.get(room))
    reply = reverse("hearing-reply", args=[job, Hearing.objects.get().pk])
    assert vera.get(reply).status_code == 404
    assert maya.post(reply, {"text": "The one on the night."}).status_code == 302
    assert "The one on the night." in said(vera.get(room))


def test_files_stand_in_the_comparison_and_their_names_are_hidden_with_the_others(
    cast: Cast, maya: Client, now: datetime
) -> None:
    days = {"closes_at": now - DAY, "questions_until": now - 2 * DAY}
    job = builders.publish(cast, at=now - 9 * DAY, **days)
    attach_file(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk,
        name="references.pdf", content=PLAN, at=now - 4 * DAY,
    )  # fmt: skip
    builders.submit(cast, job, cast.vera_co, builders.bid_of(("30000",)))
    builders.open_job(job)
    compare = reverse("comparison", args=[job.pk])

    assert "references.pdf" in said(maya.get(compare))
    hidden = said(maya.get(f"{compare}?names=hidden"))
    assert "references" not in hidden
    assert "File 1.pdf" in hidden
    (file,) = SealedFile.objects.all()
    bid = Bid.objects.get(job=job)
    given = maya.get(reverse("bid-file", args=[bid.pk, file.pk]) + "?names=hidden")
    assert (given.content, "Vera" in given["Content-Disposition"]) == (PLAN, False)
