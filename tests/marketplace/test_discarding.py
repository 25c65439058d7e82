"""A draft that was thrown away can be had back by its department, and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.reports.desk import desk
from ledger.reports.register import register
from ledger.reports.search import search
from marketplace.discarding import (
    KEPT_FOR,
    DraftOnRecord,
    NotDiscarded,
    discard_draft,
    discarded_drafts,
    forget_drafts,
    restore_draft,
)
from marketplace.drafting import AlreadyPublished, draft_details, draft_job, save_draft
from marketplace.job_files import job_file
from marketplace.models.events import Event, Words
from marketplace.models.job_files import JobFileContent
from marketplace.models.jobs import Criterion, Invitation, Job
from marketplace.panels import appoint_panel, relieve_member
from marketplace.publishing import publish_job
from marketplace.refusals import Unknown
from tests.builders import DAY, HOUR, NOON, a_draft, a_published_job, details, refused
from tests.cast import Cast
from tests.marketplace.test_job_files import attach

pytestmark = pytest.mark.django_db
SECOND = HOUR / 3600


def a_copy(cast: Cast, job: Job, **words: Any) -> Job:
    return draft_job(
        actor=cast.rolf,
        department_id=cast.marketing.pk,
        details=details(cast, **words),
        at=NOON,
        copied_from_id=job.pk,
    )


def test_a_draft_is_had_back_with_all_that_it_had(cast: Cast) -> None:
    job = a_draft(cast, title="Plumeria evening")
    file = attach(cast, job.pk)
    told = draft_details(actor=cast.rolf, job_id=job.pk)
    columns = Job.objects.filter(pk=job.pk).values().get()

    discard_draft(actor=cast.maya, job_id=job.pk, at=NOON + HOUR)
    (paper,) = discarded_drafts(actor=cast.rolf, at=NOON + HOUR)
    restore_draft(actor=cast.rolf, job_id=job.pk, at=NOON + KEPT_FOR)

    assert (paper.title, paper.discarded_by, paper.discarded_at) == (
        "Plumeria evening",
        cast.maya.name,
        NOON + HOUR,
    )
    assert paper.leaves_at == NOON + HOUR + KEPT_FOR
    assert Job.objects.filter(pk=job.pk).values().get() == columns
    assert draft_details(actor=cast.rolf, job_id=job.pk) == told
    assert job_file(actor=cast.rolf, job_id=job.pk, file_id=file.pk).name == file.name
    assert discarded_drafts(actor=cast.rolf, at=NOON + KEPT_FOR) == []
    assert not Event.objects.filter(subject_id=job.pk).exists(), "it was never told to anybody"


def test_what_was_thrown_away_stands_in_no_list_count_desk_or_search(cast: Cast) -> None:
    job = a_draft(cast, title="Plumeria evening")
    people = (cast.rolf, cast.maya, cast.gerd, cast.fin, cast.ada, cast.adam)

    def seen() -> list[object]:
        return [
            found
            for one in people
            for found in (
                *register(actor=one, at=NOON).items,
                *register(actor=one, at=NOON, state="draft").items,
                *search(actor=one, words="Plumeria", at=NOON).jobs,
                *(item for item in desk(actor=one, at=NOON).mine if item.job_id == job.pk),
            )
        ]

    assert seen()
    discard_draft(actor=cast.maya, job_id=job.pk, at=NOON)

    assert seen() == []
    for one in people:
        with refused(Unknown):
            draft_details(actor=one, job_id=job.pk)
        with refused(Unknown):
            save_draft(actor=one, job_id=job.pk, details=details(cast), at=NOON)


def test_nobody_else_learns_of_it_or_has_it_back(cast: Cast) -> None:
    job = a_draft(cast)
    discard_draft(actor=cast.rolf, job_id=job.pk, at=NOON)

    for one in (cast.pia, cast.vera, cast.sam, cast.fin, cast.ada, cast.adam):
        assert discarded_drafts(actor=one, at=NOON) == []
        with refused(Unknown):
            restore_draft(actor=one, job_id=job.pk, at=NOON)
    assert restore_draft(actor=cast.gerd, job_id=job.pk, at=NOON).discarded_at is None


def test_only_what_was_thrown_away_is_had_back(cast: Cast) -> None:
    job, published = a_draft(cast), a_published_job(cast)

    with refused(NotDiscarded):
        restore_draft(actor=cast.rolf, job_id=job.pk, at=NOON)
    with refused(NotDiscarded):
        restore_draft(actor=cast.rolf, job_id=published.pk, at=NOON)
    with refused(AlreadyPublished):
        discard_draft(actor=cast.maya, job_id=published.pk, at=NOON)
    with pytest.raises(IntegrityError, match="only_a_draft_is_discarded"), transaction.atomic():
        Job.objects.filter(pk=published.pk).update(discarded_at=NOON, discarded_by=cast.maya)


def test_a_draft_with_a_panel_stays_and_says_that_it_is_for_the_panel(cast: Cast) -> None:
    """Who judges was told of the job, and their seat is never deleted: no head was asked."""
    job = a_draft(cast)
    (seat,) = appoint_panel(actor=cast.maya, job_id=job.pk, user_ids=[cast.ada.pk], at=NOON)

    with refused(DraftOnRecord) as asked:
        discard_draft(actor=cast.maya, job_id=job.pk, at=NOON + HOUR)
    relieve_member(actor=cast.maya, seat_id=seat.pk, reason="It is off.", at=NOON + HOUR)
    with refused(DraftOnRecord) as asked_again:
        discard_draft(actor=cast.maya, job_id=job.pk, at=NOON + 2 * HOUR)

    why = "A panel was appointed for it: that stays on the record, with the draft."
    assert asked.value.text == asked_again.value.text == why
    job.refresh_from_db()
    assert job.discarded_at is None


def test_after_thirty_days_it_is_deleted_with_its_parts(cast: Cast) -> None:
    job, later = a_draft(cast), a_draft(cast)
    attach(cast, job.pk)
    copy = a_copy(cast, job)
    discard_draft(actor=cast.rolf, job_id=job.pk, at=NOON)
    discard_draft(actor=cast.rolf, job_id=later.pk, at=NOON + DAY)

    assert forget_drafts(at=NOON + KEPT_FOR - SECOND) == 0
    with refused(Unknown):  # before the clock comes by, too
        restore_draft(actor=cast.rolf, job_id=job.pk, at=NOON + KEPT_FOR)
    listed = discarded_drafts(actor=cast.rolf, at=NOON + KEPT_FOR)
    assert [one.job_id for one in listed] == [later.pk]
    assert forget_drafts(at=NOON + KEPT_FOR) == 1

    assert not Job.objects.filter(pk=job.pk).exists()
    assert not Criterion.objects.filter(job_id=job.pk).exists()
    assert not Invitation.objects.filter(job_id=job.pk).exists()
    assert not JobFileContent.objects.exists()
    copy.refresh_from_db()
    assert copy.copied_from is None
    assert restore_draft(actor=cast.rolf, job_id=later.pk, at=NOON + KEPT_FOR).pk == later.pk


def test_the_words_of_a_waiver_stay_of_it_in_every_version_and_nothing_names_them(
    cast: Cast,
) -> None:
    """As the page says before anybody throws it away: words are written once and for ever."""
    job = a_draft(cast, waiver="Only they know the cellar.")
    again = details(cast, waiver="Only they know Plumeria's cellar.")
    save_draft(actor=cast.rolf, job_id=job.pk, details=again, at=NOON)
    discard_draft(actor=cast.rolf, job_id=job.pk, at=NOON)

    assert forget_drafts(at=NOON + KEPT_FOR) == 1

    left = Words.objects.filter(text__startswith="Only they know")
    assert {one.text for one in left} == {
        "Only they know the cellar.",
        "Only they know Plumeria's cellar.",
    }
    assert not Job.objects.filter(waiver__in=left).exists()
    may_delete = "SELECT has_table_privilege(%s, 'marketplace_words', 'DELETE')"
    with connection.cursor() as cursor:
        for role in ("web", "worker", "replay"):
            cursor.execute(may_delete, [f"choicebook_{role}"])
            assert cursor.fetchone() == (False,), role


def test_of_a_draft_that_a_published_job_was_copied_from_nothing_that_it_asked_for_stays(
    cast: Cast,
) -> None:
    first = a_draft(cast)
    job = a_copy(cast, first, title="Plumeria evening", bids_wanted=3, too_few_rule="end")
    copy = publish_job(actor=cast.maya, job_id=a_copy(cast, job).pk, at=NOON)
    discard_draft(actor=cast.rolf, job_id=job.pk, at=NOON)

    assert forget_drafts(at=NOON + KEPT_FOR) == 1
    assert forget_drafts(at=NOON + KEPT_FOR) == 0, "once"

    copy.refresh_from_db()
    job.refresh_from_db()
    assert copy.copied_from_id == job.pk, "what is published never changes"
    left = {name for name, value in Job.objects.filter(pk=job.pk).values().get().items() if value}
    assert left == {
        *("id", "reference", "department_id", "category_id", "policy_id", "currency"),
        *("author_id", "drafted_at", "saved_at", "discarded_at", "discarded_by_id"),
        *("procedure", "mode", "shows_ceiling", "bids_wanted", "too_few_rule"),
    }
    for name in ("procedure", "mode", "shows_ceiling", "bids_wanted", "too_few_rule"):
        assert getattr(job, name) == Job._meta.get_field(name).get_default(), "as of any new draft"
    assert not job.criteria.exists()
    assert discarded_drafts(actor=cast.rolf, at=NOON + KEPT_FOR) == []
