"""Published procedures are replayed through the verbs, and every release is accounted for."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from bids.models.bids import Bid
from bids.submission import Superseded
from ledger.books import check_books
from ledger.exchange.ocds import storytelling
from ledger.exchange.ocds.importing import take_over
from ledger.exchange.ocds.replay import Fate
from ledger.exchange.ocds.spool import Spool
from ledger.models.awards import Acceptance, Award, NoAward
from ledger.models.journal import JournalEntry
from ledger.reports.choice_totals import choice_totals
from ledger.reports.choices import every_choice
from marketplace.models.departments import Department
from marketplace.models.events import Event
from marketplace.models.jobs import Job
from marketplace.models.policies import Policy
from marketplace.models.providers import Provider
from marketplace.money import Money
from marketplace.offices import grant_office
from marketplace.people import add_person
from marketplace.suspension import suspend_provider
from marketplace.system import the_importer
from tests.ledger.exchange.packages import NOW, OWN, release

FAIR = OWN / "fair_releases.json"
FIGURES = {
    "departments": 3,
    "providers": 4,
    "jobs": 11,
    "bids": 17,
    "priced_bids": 15,
    "awards": 8,
    "awarded_minor": {"EUR": 13_551_51, "JPY": 120_000},
}
RECORD = (Department, Provider, Job, Bid, Award, Acceptance, JournalEntry, Event, Policy)


def imported(path, *, in_house=None, workers=1, say=lambda done, of: None):
    """Return the figures of an import, its fates and its problems."""
    with Spool() as spool:
        account = take_over(
            [path], spool, now=NOW, in_house=in_house or {}, workers=workers, say=say
        )
        found = account.figures()
        figures = {name: getattr(found, name) for name in found.__slots__}
        figures["awarded_minor"] = dict(found.awarded_minor)
        fates = {fate.value: account.fates[fate] for fate in Fate}
        assert account.releases == sum(fates.values())
        return figures, fates, list(account.problems())


def counts():
    return {model.__name__: model.objects.count() for model in RECORD}


def an_auditor():
    importer = the_importer()
    person = add_person(actor=importer, email="ada@example.invalid", name="Ada", at=NOW)
    grant_office(actor=importer, user_id=person.pk, office="auditor", at=NOW)
    return person


@pytest.fixture
def write(tmp_path):
    def write(*releases):
        path = tmp_path / "package.json"
        path.write_text(json.dumps({"releases": releases}, default=float))
        return path

    return write


@pytest.fixture(scope="class")
def fair(django_db_setup, django_db_blocker):
    """The fair, imported once for all who only look at it, and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield imported(FAIR, in_house={"T-1": "D-1"})
        transaction.set_rollback(True)


class TestTheFair:
    """The small package of our own making: eleven releases, most of them odd in one way."""

    def test_it_gives_its_figures_and_the_books_balance(self, fair):
        figures, fates, problems = fair

        assert figures == FIGURES
        assert fates == {"taken": 6, "partly": 4, "refused": 1}
        assert all(problem.where and problem.why for problem in problems)
        assert check_books().wrong == ()

    def test_a_choice_keeps_its_moment_its_reason_and_its_charge(self, fair):
        award = Award.objects.get(job__source_key="ocds-fair00-1")
        assert award.price == Money(12_400_50, "EUR")
        assert award.reason.text == "As published: “Better rigging plan”"
        assert f"{award.chosen_at:%Y-%m-%d}" == "2025-03-20"
        acceptance = Acceptance.objects.get(milestone__award=award)
        assert f"{acceptance.accepted_at:%Y-%m-%d}" == "2025-04-01"
        assert JournalEntry.objects.filter(kind="charged", period_id=202504).exists()

    def test_a_bid_without_a_price_is_submitted_and_out_at_the_opening(self, fair):
        bid = Bid.objects.get(
            job__source_key="ocds-fair00-1", provider__source_key="ocds-fair00:V-3"
        )
        assert bid.disqualified.at == bid.job.opened_at
        assert not hasattr(bid, "price")

    def test_a_bidder_twice_stands_with_both_bids(self, fair):
        twice = Bid.objects.filter(
            job__source_key="ocds-fair00-2", provider__source_key="ocds-fair00:T-1"
        )
        assert twice.standing().count() == 2
        award = Award.objects.get(job__source_key="ocds-fair00-2")
        assert (award.bid.price.quoted, award.price) == (Money(760_25, "EUR"), Money(750_00, "EUR"))

    def test_endings_are_kept_and_a_cancelled_job_is_never_opened(self, fair):
        assert NoAward.objects.get().job.source_key == "ocds-fair00-5"
        cancelled = Job.objects.get(source_key="ocds-fair00-6")
        assert cancelled.cancelled_at
        assert cancelled.opened_at is None

    def test_the_choices_report_says_the_same(self, fair):
        auditor = an_auditor()

        totals = choice_totals(actor=auditor)
        assert totals.choices == 8
        assert totals.awarded == (Money(13_551_51, "EUR"), Money(120_000, "JPY"))
        assert (totals.contested, totals.lowest_chosen) == (5, 3)
        assert (totals.lowest_chosen_tied, totals.lowest_tied) == (1, 1)
        assert (totals.in_house, totals.outside) == (1, 7)
        rows = {row.job_source_key: row for row in every_choice(actor=auditor)}
        assert rows["ocds-fair00-1"].is_lowest is False
        assert rows["ocds-fair00-3"].lowest_is_tied
        assert rows["ocds-fair00-2"].kind == "in_house"

    def test_a_listed_provider_is_a_team_of_the_department_named_beside_it(self, fair):
        team = Provider.objects.get(source_key="ocds-fair00:T-1")
        assert team.department.source_key == "ocds-fair00:D-1"
        assert Provider.objects.filter(department=None).count() == 3

    def test_the_policy_is_dated_explained_and_stated_once(self, fair):
        policy = Policy.objects.get(code="imported")
        assert policy.explanation
        assert Job.objects.filter(policy=policy).count() == 11
        assert set(Job.objects.values_list("waiver__text", flat=True)) == {storytelling.WAIVER}


@pytest.mark.django_db
def test_a_second_run_adds_nothing_and_tells_the_same():
    first = imported(FAIR)
    before = counts()

    assert imported(FAIR) == first
    assert counts() == before


@pytest.mark.django_db
def test_an_import_that_was_killed_goes_on_where_it_was():
    def stop(done, of):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(FAIR, say=stop)
    half = Job.objects.count()
    figures, _, _ = imported(FAIR)

    assert 0 < half < 11
    assert figures == FIGURES
    assert check_books().wrong == ()


@pytest.mark.django_db
def test_other_amounts_other_winners_and_a_lost_bid_give_other_figures(write):
    package = json.loads(FAIR.read_text())["releases"]
    package[0]["awards"][0] |= {
        "relatedBids": ["1a"],
        "suppliers": [{"id": "V-1", "name": "Lumen Stages"}],
        "value": {"amount": 11_000.01, "currency": "EUR"},
    }
    del package[3]["bids"]["details"][2]

    figures, _, _ = imported(write(*package))

    assert figures["awards"] == 8
    assert figures["bids"] == 16
    assert figures["priced_bids"] == 14
    assert figures["awarded_minor"] == {"EUR": 13_551_51 - 12_400_50 + 11_000_01, "JPY": 120_000}
    award = Award.objects.get(job__source_key="ocds-fair00-1")
    assert award.provider.name == "Lumen Stages"
    totals = choice_totals(actor=an_auditor())
    assert (totals.contested, totals.lowest_chosen) == (4, 3)


@pytest.mark.django_db
def test_a_changed_release_of_a_job_taken_over_is_told_and_changes_nothing(write):
    imported(write(release()))
    before = counts()
    later = release(bids={"details": release()["bids"]["details"][:2]})

    figures, fates, problems = imported(write(later))

    assert counts() == before
    assert figures["bids"] == 3
    assert fates["partly"] == 1
    assert "taken over before, with 3 bids; now it tells of 2" in [one.why for one in problems]


@pytest.mark.django_db
def test_a_further_award_of_a_job_taken_over_tells_no_bid_twice(write):
    imported(write(release()))
    before = counts()
    first = release()["awards"][0]
    second = first | {"id": "a2", "relatedBids": ["b1"], "suppliers": [{"id": "lumen"}]}

    _, fates, problems = imported(write(release(awards=[first, second])))

    assert counts() == before
    assert fates["partly"] == 1
    assert "taken over before, without ocds-choice-1/a2" in [one.why for one in problems]


@pytest.mark.django_db
def test_a_refused_bid_is_told_and_the_rest_of_its_release_is_kept(write, monkeypatch):
    submit = storytelling.submit_bid

    def refuse_one(**words):
        if words["content"].lines and words["content"].quoted == Money(11_900_00, "EUR"):
            raise Superseded("A later bid of yours arrived first, and stands.")
        return submit(**words)

    monkeypatch.setattr(storytelling, "submit_bid", refuse_one)

    figures, fates, problems = imported(write(release()))

    assert (figures["bids"], figures["awards"]) == (2, 1)
    assert fates == {"taken": 0, "partly": 1, "refused": 0}
    assert [(one.where, one.why) for one in problems] == [
        ("/bids/details/0", "A later bid of yours arrived first, and stands.")
    ]


@pytest.mark.django_db
def test_a_release_that_the_rules_refuse_is_told_and_leaves_nothing_behind(write):
    imported(write(release()))
    vendor = Provider.objects.get(source_key="ocds-choice:lumen")
    words = {"reason": "They do not answer.", "at": NOW}
    suspend_provider(actor=the_importer(), provider_id=vendor.pk, **words)
    before = Job.objects.count()

    _, fates, problems = imported(write(release(ocid="ocds-choice-2")))

    assert fates == {"taken": 0, "partly": 0, "refused": 1}
    assert "suspended" in problems[0].why
    assert Job.objects.count() == before


@pytest.mark.django_db
def test_a_job_that_is_still_open_stays_sealed(write):
    tender = release()["tender"] | {
        "status": "active",
        "tenderPeriod": {"startDate": "2026-11-01T00:00:00Z", "endDate": "2026-12-24T00:00:00Z"},
    }

    figures, _, _ = imported(write(release(tender=tender, awards=[], contracts=[])))

    job = Job.objects.get()
    assert job.published_at
    assert job.closed_at is None
    assert (figures["bids"], figures["priced_bids"]) == (3, 0)


@pytest.mark.django_db
class TestTheCommand:
    def test_json_is_one_object_with_these_keys(self):
        out, err = StringIO(), StringIO()

        call_command("import_ocds", str(FAIR), "--json", stdout=out, stderr=err)

        told = json.loads(out.getvalue())
        assert list(told) == [
            "releases", "taken", "partly", "refused", "departments", "providers", "jobs", "bids",
            "priced_bids", "awards", "awarded_minor", "problems",
        ]  # fmt: skip
        assert {name: told[name] for name in FIGURES} == FIGURES
        assert told["releases"] == 11
        assert all(list(problem) == ["ocid", "where", "why"] for problem in told["problems"])
        assert err.getvalue() == ""

    def test_a_person_reads_the_figures_and_the_problems(self, tmp_path):
        teams = tmp_path / "teams.txt"
        teams.write_text("# ours\nT-1  D-1\n\n")
        out = StringIO()

        call_command("import_ocds", str(FAIR), "--in-house", str(teams), stdout=out)

        assert "awarded minor   EUR 1,355,151, JPY 120,000" in out.getvalue()
        assert "no ocid" in out.getvalue()
        assert Provider.objects.exclude(department=None).count() == 1

    def test_a_file_that_is_not_there_is_refused(self):
        with pytest.raises(CommandError, match="There is no file"):
            call_command("import_ocds", "nowhere.json")

    def test_garbage_is_accounted_for(self, tmp_path):
        path = tmp_path / "garbage.json"
        path.write_bytes(b"\x00\x01 not JSON")
        out = StringIO()

        call_command("import_ocds", str(path), "--json", stdout=out)

        told = json.loads(out.getvalue())
        assert (told["releases"], told["jobs"], len(told["problems"])) == (0, 0, 1)


def test_workers_side_by_side_give_the_same_figures(committed, as_role):
    as_role("replay")

    figures, fates, _ = imported(FAIR, workers=3)  # as many as a machine of two cores gets

    assert figures == FIGURES
    assert fates == {"taken": 6, "partly": 4, "refused": 1}
    assert check_books().wrong == ()
    entries = JournalEntry.objects.count()
    assert imported(FAIR, workers=2)[0] == FIGURES
    assert JournalEntry.objects.count() == entries
