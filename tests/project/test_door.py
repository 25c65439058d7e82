"""What every request meets at the door: the clock, the headers, the age of the session, health."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error
from django.http import HttpResponse
from django.urls import reverse

from marketplace.models.people import User
from marketplace.project import clock, health
from marketplace.project.sessions import SessionAgeMiddleware

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def person(db):
    return User.objects.create(email="maya@example.com", name="Maya", joined_at=NOON)


def received(rf, method):
    stamped = []
    middleware = clock.ReceivedAtMiddleware(
        lambda request: stamped.append(request.received_at) or HttpResponse()
    )
    middleware(rf.generic(method, "/"))
    return stamped[0]


def test_what_may_write_is_stamped_by_the_databases_clock(rf, monkeypatch):
    monkeypatch.setattr(clock, "database_now", lambda: NOON)

    assert received(rf, "POST") == NOON
    assert received(rf, "GET") != NOON


@pytest.mark.django_db
def test_the_databases_clock_goes_on_inside_a_transaction():
    first, second = clock.database_now(), clock.database_now()

    assert first < second
    assert first.tzinfo is UTC


def visit(rf, person, session, at):
    request = rf.get("/")
    request.user, request.session, request.received_at = person, session, at
    SessionAgeMiddleware(lambda request: HttpResponse())(request)
    return request


def test_a_session_lasts_twelve_hours_and_not_longer(rf, client, person):
    client.force_login(person)
    session = client.session

    almost = visit(rf, person, session, NOON)
    assert almost.user == person
    assert visit(rf, person, session, NOON + timedelta(hours=12)).user == person

    late = visit(rf, person, session, NOON + timedelta(hours=12, seconds=1))
    assert not late.user.is_authenticated


def test_a_session_is_written_now_and_then_only(rf, client, person):
    client.force_login(person)
    session = client.session
    visit(rf, person, session, NOON)
    session.modified = False

    visit(rf, person, session, NOON + timedelta(minutes=4))
    assert not session.modified
    visit(rf, person, session, NOON + timedelta(minutes=6))
    assert session.modified


def test_the_next_request_of_somebody_who_left_is_nobodys(client, person):
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)

    answer = client.get(reverse("account_change_password"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_who_signs_in_through_the_company_is_told_that_there_is_no_password_here(client, person):
    person.set_unusable_password()
    person.save()
    client.force_login(person)

    answer = client.get(reverse("account_change_password"))

    assert answer.status_code == 200
    assert "You have no password here" in answer.content.decode()


def test_who_has_a_password_changes_it(client, person):
    person.set_password("the-old-one-is-long")
    person.save()
    client.force_login(person)
    address = reverse("account_change_password")
    assert "Change your password" in client.get(address).content.decode()
    typed = {"password1": "a-new-one-is-longer", "password2": "a-new-one-is-longer"}

    answer = client.post(address, {"oldpassword": "the-old-one-is-long"} | typed)

    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.check_password("a-new-one-is-longer")


@pytest.mark.django_db
def test_a_page_forbids_what_it_does_not_need(client):
    headers = client.get(reverse("account_login")).headers

    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_nobody_signs_up_alone(client):
    words = {"email": "new@example.com", "password1": "a very long password"}

    client.post(reverse("account_signup"), words)

    assert not User.objects.filter(email="new@example.com").exists()


def test_a_person_signs_in_by_e_mail_in_any_case(client, person):
    person.set_password("correct horse battery")
    person.save(update_fields=["password"])
    words = {"login": "MAYA@example.com", "password": "correct horse battery"}

    client.post(reverse("account_login"), words)

    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_is_refused(client, person):
    client.post(reverse("account_login"), {"login": person.email, "password": "guess"})

    assert "_auth_user_id" not in client.session


def test_healthz_needs_no_database(client):
    assert client.get("/healthz", HTTP_HOST="10.0.0.7").status_code == 200


def readiness(rf):
    return health.HealthMiddleware(lambda request: HttpResponse())(rf.get("/readyz"))


def test_readyz_says_that_the_database_answers_and_is_migrated(rf, committed):
    assert readiness(rf).status_code == 200


def test_readyz_is_red_while_migrations_are_pending(rf, committed, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: True)

    answer = readiness(rf)

    assert answer.status_code == 503
    assert b"pending" in answer.content


def test_readyz_is_red_without_a_database(rf, committed, monkeypatch):
    def gone():
        raise Error

    monkeypatch.setattr(health.connection, "cursor", gone)

    assert readiness(rf).status_code == 503


@pytest.mark.django_db
def test_the_figures_are_shown_to_whoever_knows_the_token(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "known"
    assert client.get("/metrics").status_code == 404

    answer = client.get("/metrics", headers={"Authorization": "Bearer known"})

    assert answer.status_code == 200
    assert b"python_info" in answer.content
