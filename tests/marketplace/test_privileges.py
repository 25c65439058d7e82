"""The roles of the database suffice for what they do, and for no more."""

import re
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from marketplace.discarding import KEPT_FOR, discard_draft, forget_drafts
from marketplace.drafting import save_draft
from marketplace.letters import send_due_notices
from marketplace.models.events import Event, Words
from marketplace.models.people import Membership, OfficeHeld, User
from marketplace.models.policies import Policy
from marketplace.people import CompanyFounded, found_company
from marketplace.questions import answer_question, ask_question
from marketplace.words import keep
from tests.builders import DAY, NOON, a_draft, a_published_job, details
from tests.cast import assemble


def test_the_web_does_all_that_people_do_here_and_the_worker_mails(committed, as_role):
    cast = assemble()
    draft = a_draft(cast)
    save_draft(actor=cast.rolf, job_id=draft.pk, details=details(cast, title="New"), at=NOON)
    discard_draft(actor=cast.rolf, job_id=draft.pk, at=NOON)
    job = a_published_job(cast)
    question = ask_question(
        actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk, text="When?", at=NOON + DAY
    )
    answer_question(actor=cast.rolf, question_id=question.pk, answer="Noon.", at=NOON + DAY)

    as_role("worker")
    assert send_due_notices(at=NOON + DAY) > 0
    assert forget_drafts(at=NOON + KEPT_FOR) == 1


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
def test_no_role_rewrites_the_record(committed, as_role, role):
    assemble()
    as_role(role)
    words = keep("Because.", at=NOON)

    for rewrite in (
        lambda: Event.objects.update(kind="other"),
        lambda: Event.objects.all().delete(),
        lambda: Words.objects.all().delete(),
        lambda: Words.objects.filter(pk=words.pk).update(digest=b"0" * 32),
        lambda: connection.cursor().execute("TRUNCATE marketplace_event"),
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            rewrite()


@pytest.mark.parametrize("role", ["web", "worker", "replay"])
def test_no_role_rewrites_rules_places_offices_questions_or_addenda(committed, as_role, role):
    assemble()
    as_role(role)

    for rewrite in (
        lambda: Policy.objects.update(fee_basis_points=0),
        lambda: Policy.objects.all().delete(),
        lambda: Membership.objects.update(role="head"),
        lambda: Membership.objects.all().delete(),
        lambda: OfficeHeld.objects.update(office="administrator"),
        lambda: connection.cursor().execute("DELETE FROM marketplace_officeheld"),
        lambda: connection.cursor().execute("DELETE FROM marketplace_question"),
        lambda: connection.cursor().execute("UPDATE marketplace_question SET text = ''"),
        lambda: connection.cursor().execute("UPDATE marketplace_addendum SET text = ''"),
        lambda: connection.cursor().execute("DELETE FROM ledger_period"),
        lambda: connection.cursor().execute("UPDATE ledger_budgetline SET control = 'tracked'"),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            rewrite()


@pytest.mark.django_db
def test_only_the_roles_of_the_marketplace_may_post():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proacl::text FROM pg_proc WHERE proname = 'ledger_post_entries'")
        (granted,) = cursor.fetchone()

    assert "choicebook_web=X" in granted
    # A grant to everybody has no name before its sign.
    assert not re.search(r"[{,]=X", granted)


@pytest.mark.races
def test_of_two_who_found_the_company_at_once_one_does(committed):
    together, refusals = Barrier(2), []

    def found(name):
        together.wait()
        try:
            found_company(
                email=f"{name}@house.example", name=name, password="between-two-lindens", at=NOON
            )
        except CompanyFounded as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=found, args=[name]) for name in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refusals) == 1
    assert User.objects.exclude(password="!").count() == 1
