"""Rows are found by statements compiled once; nobody gets another's row, or another's SQL."""

from uuid import uuid4

import pytest
from django.db.transaction import TransactionManagementError, atomic

from marketplace.compiled import statement_for
from marketplace.models.jobs import Job
from marketplace.refusals import Unknown
from marketplace.system import the_clock
from tests.builders import a_draft, a_published_job, refused
from tests.cast import Cast, assemble


@pytest.mark.django_db
def test_each_id_gets_its_own_row_with_its_relations(cast: Cast, django_assert_num_queries) -> None:
    first, second = a_draft(cast), a_published_job(cast)
    jobs = Job.objects.select_related("department", "policy")
    for job in (first, second, first):
        with django_assert_num_queries(1):
            found = jobs.one(job.pk)
            assert (found.pk, found.title) == (job.pk, job.title)
            assert found.department.name == "Marketing"
            assert found.policy == job.policy
    assert jobs.one(first.pk) == jobs.get(pk=first.pk)
    assert statement_for(jobs) is statement_for(jobs.all())


@pytest.mark.django_db
def test_what_one_may_see_another_does_not_find_by_the_same_statement(cast: Cast) -> None:
    draft = a_draft(cast)
    assert Job.objects.visible_to(the_clock()).one(draft.pk) == draft
    with refused(Unknown):
        Job.objects.visible_to(cast.vera).one(draft.pk)
    assert Job.objects.visible_to(cast.maya).one(draft.pk) == draft
    # A query that compares with a value keeps no statement: the value would be somebody else's.
    assert statement_for(Job.objects.visible_to(cast.maya)) is None
    assert statement_for(Job.objects.filter(title="Autumn fair")) is None
    assert statement_for(Job.objects.exclude(published_at=None)) is None


@pytest.mark.django_db
def test_nothing_is_found_under_an_id_that_nothing_has(cast: Cast) -> None:
    a_draft(cast)
    with refused(Unknown):
        Job.objects.one(uuid4())


def test_a_row_is_locked_only_in_a_transaction(committed: str) -> None:
    draft = a_draft(assemble())
    with atomic():
        assert Job.objects.lock(draft.pk) == draft
    with pytest.raises(TransactionManagementError):
        Job.objects.lock(draft.pk)


@pytest.mark.django_db
def test_rows_that_differ_in_a_missing_value_have_statements_of_their_own(cast: Cast) -> None:
    draft, published = a_draft(cast), a_published_job(cast)
    assert Job.objects.filter(published_at=None).one(draft.pk) == draft
    with refused(Unknown):
        Job.objects.filter(published_at=None).one(published.pk)
    assert Job.objects.filter(published_at__isnull=False).one(published.pk) == published


@pytest.mark.django_db
def test_rows_joined_by_another_way_have_statements_of_their_own(cast: Cast) -> None:
    by_author = statement_for(Job.objects.filter(author__last_login=None))
    by_canceller = statement_for(Job.objects.filter(cancelled_by__last_login__isnull=True))
    assert by_author is not by_canceller
