"""Rows are found by statements compiled once; nobody gets another's row, or another's SQL."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError, atomic

from marketplace.among import Found
from marketplace.compiled import Kept, statement_for
from marketplace.holding import hold
from marketplace.models.jobs import Criterion, Job
from marketplace.refusals import Unknown
from marketplace.system import the_clock
from tests.builders import DAY, a_draft, a_published_job, refused
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


@Kept
def titled(title: str, department: UUID | None) -> QuerySet[Job]:
    jobs = Job.objects.filter(title=title).select_related("department").order_by("reference")
    return jobs.filter(department=department) if department else jobs


@Kept
def places(job: UUID, least: int) -> QuerySet[Criterion, int]:
    criteria = Criterion.objects.filter(job=job, weight__gte=least).order_by("position")
    return criteria.values_list("position", flat=True)


@Kept
def drafted_by(at: datetime) -> QuerySet[Job, tuple[UUID, str]]:
    return Job.objects.filter(drafted_at__lte=at).order_by("reference").values_list("pk", "title")


@Kept
def waiting(job: UUID) -> QuerySet[Job]:
    return Job.objects.filter(pk=job).select_for_update(of=("self",))


@pytest.mark.django_db
def test_a_kept_question_answers_for_the_values_of_now(
    cast: Cast, django_assert_num_queries
) -> None:
    summer, winter = a_draft(cast), a_draft(cast, title="Winter party")
    for job in (summer, winter, summer):
        with django_assert_num_queries(1):
            (found,) = titled.all(job.title, cast.marketing.pk)
            assert (found, found.department.name) == (job, "Marketing")
    assert titled.first("Winter party", cast.marketing.pk) == winter
    assert titled.first("Spring party", cast.marketing.pk) is None
    assert titled.exists("Winter party", cast.marketing.pk)
    assert not titled.exists("Winter party", uuid4())
    # A missing value makes another question of it.
    assert titled.all("Winter party", None) == [winter]
    assert titled.exists("Winter party", None)
    assert titled.first("Winter party", None) == winter


@pytest.mark.django_db
def test_a_kept_question_for_columns_returns_columns(cast: Cast) -> None:
    draft = a_draft(cast)
    assert [places.all(draft.pk, least) for least in (0, 50, 100)] == [[1, 2], [1], []]
    assert places.first(draft.pk, 50) == 1
    assert drafted_by.all(draft.drafted_at) == [(draft.pk, draft.title)]
    assert drafted_by.all(draft.drafted_at - DAY) == []


@Kept
def of_jobs(jobs: list[UUID] | Found, place: UUID) -> QuerySet[Job]:
    found = Job.objects.filter(pk__among=jobs, department=place)
    return found.exclude(title__endswith="100%").order_by("title")


@pytest.mark.django_db
def test_a_kept_question_takes_ids_however_many_and_those_that_a_query_finds(
    cast: Cast, django_assert_num_queries
) -> None:
    summer, winter = a_draft(cast), a_draft(cast, title="Winter party")
    place, text = cast.marketing.pk, "Winter 100%s party"
    a_draft(cast, title=text)
    assert of_jobs.all([], place) == []
    assert of_jobs.all([winter.pk], place) == [winter]
    assert of_jobs.all([winter.pk, summer.pk, uuid4()], place) == [summer, winter]
    assert of_jobs.all([winter.pk, summer.pk], uuid4()) == []
    with django_assert_num_queries(1):
        named = Found(Job.objects.filter(title__startswith="Winter", department=place))
        assert [job.title for job in of_jobs.all(named, place)] == [text, "Winter party"]
    assert of_jobs.all(Found(Job.objects.filter(title=text)), uuid4()) == []
    assert of_jobs.all(Found(Job.objects.none()), place) == []


@pytest.mark.django_db
def test_what_belongs_to_rows_is_at_hand_and_anything_more_is_asked(
    cast: Cast, django_assert_num_queries
) -> None:
    first, second = a_draft(cast), a_draft(cast, title="Winter party")
    jobs = list(Job.objects.filter(pk__in=(first.pk, second.pk)).order_by("title"))
    criteria = list(Criterion.objects.filter(job__among=[job.pk for job in jobs]).order_by("pk"))
    lost = criteria.pop()
    hold(jobs, "criteria", criteria)
    with django_assert_num_queries(0):
        held = {job: list(job.criteria.all()) for job in jobs}
        assert all(each.job is job for job in jobs for each in held[job])
        assert sum(len(job.criteria.all()) for job in jobs) == len(criteria)
    with django_assert_num_queries(2):  # only of this job, and as the table has it
        for job in jobs:
            found = set(job.criteria.filter(weight__gt=0))
            assert found - {lost} == set(held[job])
    assert hold([], "criteria", []) == []


def test_a_kept_question_locks_in_a_transaction_alone(committed: str) -> None:
    draft = a_draft(assemble())
    with atomic():
        assert waiting.first(draft.pk) == draft
    with pytest.raises(TransactionManagementError):
        waiting.first(draft.pk)


def test_a_connection_that_was_opened_anew_is_asked_anew(committed: str) -> None:
    draft = a_draft(assemble())
    for _ in range(2):
        assert places.all(draft.pk, 50) == [1]
        assert Job.objects.one(draft.pk) == draft
        connection.close()
