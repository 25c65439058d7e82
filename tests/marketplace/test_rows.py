"""Rows are written by kept statements just as Django's own `save` writes them."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction

from marketplace.models.departments import Department
from marketplace.models.events import Event, Notice, Words
from marketplace.models.jobs import Invitation, Job
from marketplace.models.policies import Policy
from marketplace.models.providers import Provider
from marketplace.models.tokens import Token
from marketplace.rows import change, insert, insert_all
from marketplace.words import digest_of
from tests.builders import HOUR, NOON, a_draft
from tests.cast import Cast


def stored(row: models.Model) -> dict[str, Any]:
    fields = [field.attname for field in row._meta.concrete_fields]
    return dict(type(row)._base_manager.filter(pk=row.pk).values(*fields).get())


@pytest.mark.django_db
def test_a_row_is_the_same_whoever_writes_it(cast: Cast) -> None:
    draft = a_draft(cast)
    for model, changes in ((Job, {"reference": "J-AAAA-AAAA"}), (Policy, {"code": "another"})):
        original = model._base_manager.first()
        assert original is not None
        before = {**stored(original), "id": uuid4(), **changes}
        written = insert(model(**before))
        assert stored(written) == before
        assert not written._state.adding
        assert type(written)._base_manager.get(pk=written.pk) == written
    assert stored(Job(pk=draft.pk))["extended_at"] == []


@pytest.mark.django_db
def test_arrays_bytes_and_missing_values_are_written_as_they_are(cast: Cast) -> None:
    told = insert(
        Notice(
            kind="a", recipient=cast.maya, text="é%s", because="%", told_at=NOON, failed_at=[NOON]
        )
    )
    assert stored(told)["failed_at"] == [NOON]
    assert (stored(told)["text"], stored(told)["job_id"]) == ("é%s", None)
    salt = bytes(range(16))
    words = insert(Words(text="x", salt=salt, digest=digest_of(salt, "x"), written_at=NOON))
    assert bytes(stored(words)["salt"]) == salt


@pytest.mark.django_db
def test_what_the_database_forbids_is_refused(cast: Cast) -> None:
    twin = Department(
        name="Twin", cost_centre=cast.marketing.cost_centre, currency="EUR", created_at=NOON
    )
    twin.lineage = [twin.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twin)
    assert not Department.objects.filter(pk=twin.pk).exists()


@pytest.mark.django_db
def test_only_the_fields_named_are_changed(cast: Cast) -> None:
    draft = a_draft(cast)
    other = a_draft(cast)
    before = stored(draft)
    draft.title, draft.need, draft.ceiling_minor = "Winter party", "not written", None
    change(draft, "title", "ceiling_minor")
    assert stored(draft) == {**before, "title": "Winter party", "ceiling_minor": None}
    assert stored(other)["title"] == before["title"]


@pytest.mark.django_db
def test_a_row_that_is_gone_is_not_changed_in_silence(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="no row"):
        change(Job(pk=uuid4(), title="Nothing"), "title")


@pytest.mark.django_db
def test_many_rows_are_written_in_their_order(cast: Cast) -> None:
    job = a_draft(cast, invited=())
    invited = [cast.events_team, cast.vera_co, cast.otto_co]
    rows = [Invitation(job=job, provider=provider, invited_at=NOON) for provider in invited]
    rows[1].invited_at = NOON + HOUR
    assert insert_all(iter(rows)) == rows
    for row in rows:
        fields = {field.attname for field in row._meta.concrete_fields}
        assert stored(row) == {name: getattr(row, name) for name in fields}
    assert insert_all([]) == []


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_refused_and_never_cut(cast: Cast) -> None:
    notes = [
        Provider(name=name, admitted_at=NOON, description="") for name in ("Short", "Long" * 100)
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        insert_all(notes)
    assert not Provider.objects.filter(name="Short").exists()


@pytest.mark.django_db
def test_rows_with_arrays_are_not_written_as_columns(cast: Cast) -> None:
    with pytest.raises(TypeError, match="arrays"):
        insert_all([Token(), Token()])
    with pytest.raises(TypeError, match="id"):
        insert_all([Event(), Event()])
