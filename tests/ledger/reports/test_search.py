"""One box finds what its reader may see anyway, and nothing of a bid, a draft or a foreign job."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.models.awards import Award
from ledger.models.journal import JournalEntry
from ledger.reports.journal import journal
from ledger.reports.register import register
from ledger.reports.search import EACH, Findings, search
from marketplace.directory import providers
from marketplace.drafting import draft_job
from marketplace.membership import add_member
from marketplace.models.people import User
from tests.bids.builders import offer, submit
from tests.builders import DAY, HOUR, NOON, a_draft, a_published_job, details, eur
from tests.cast import Cast
from tests.ledger.builders import CHOICE

pytestmark = pytest.mark.django_db
EVERYBODY = ["adam", "fin", "ada", "gerd", "maya", "rolf", "sam", "pia", "paul", "vera", "otto"]


def found(actor: User, words: str, at: datetime = NOON + DAY) -> Findings:
    return search(actor=actor, words=words, at=at)


def titles(actor: User, words: str) -> list[str]:
    return [job.title for job in found(actor, words).jobs]


@pytest.mark.parametrize(
    "words",
    ["summer party", "courtyard rain", "summ", "guets", "SUMMER", "party & (guests | !) :* "],
)
def test_a_job_is_found_by_its_words_by_half_a_word_and_by_one_misspelt(cast: Cast, words: str):
    a_published_job(cast)

    assert titles(cast.maya, words) == ["Summer party for 200 guests"]


def test_jobs_that_have_the_words_come_before_those_that_are_only_like_them(cast: Cast):
    for _ in range(EACH - 1):
        a_published_job(cast)
    a_published_job(cast, title="Sumer party")
    a_published_job(cast, title="Simmer party")

    seen = titles(cast.maya, "summer party")
    assert seen == [*["Summer party for 200 guests"] * (EACH - 1), "Sumer party"]


def test_a_title_with_the_words_as_typed_comes_before_those_that_are_like_it(cast: Cast):
    """All have the words in what is needed; of a title only a likeness was asked before."""
    for _ in range(EACH):
        a_published_job(cast, title="Courtyar rains", need="The courtyard, in the rain.")
    a_published_job(cast, title="Rain for all who sit in the middle of the inner courtyard")

    first, *_, last = titles(cast.maya, "courtyard rain")

    assert first == "Rain for all who sit in the middle of the inner courtyard"
    assert last == "Courtyar rains"


def test_an_administrator_with_a_department_finds_the_title_before_its_own_texts(cast: Cast):
    a_published_job(cast, title="Courtyard")
    seat = {"department_id": cast.services.pk, "role": "requester", "at": NOON - DAY}
    add_member(actor=cast.sam, user_id=cast.adam.pk, **seat)
    for number in range(EACH):
        words = details(cast, title=f"Plumbing {number}", need="In the courtyard.")
        draft_job(actor=cast.sam, department_id=cast.services.pk, details=words, at=NOON - HOUR)

    first, *others = titles(cast.adam, "courtyard")

    assert first == "Courtyard"
    assert len(others) == EACH - 1
    assert {title.split()[0] for title in others} == {"Plumbing"}


def test_words_of_the_title_do_not_lead_an_administrator_to_those_of_the_text(cast: Cast):
    a_published_job(cast, title="Harvest supper", need="A band, and a pumpernickel tasting.")

    assert titles(cast.adam, "harvest supper") == ["Harvest supper"]
    assert titles(cast.ada, "supper pumpernickel") == ["Harvest supper"]
    assert titles(cast.adam, "supper pumpernickel") == []


def test_a_job_is_found_by_its_reference(cast: Cast):
    job = a_published_job(cast)

    assert [one.job_id for one in found(cast.pia, job.reference.lower()).jobs] == [job.pk]


@pytest.mark.parametrize("words", ["", "   ", "!!!", "\0", "zzzyx"])
def test_nothing_is_found_by_nothing(cast: Cast, words: str):
    a_published_job(cast)

    assert found(cast.maya, words).is_empty


def test_a_draft_is_found_in_its_department_alone(cast: Cast):
    a_draft(cast, title="Secret garden evening")

    finders = [name for name in EVERYBODY if titles(getattr(cast, name), "secret garden")]

    assert finders == ["gerd", "maya", "rolf"]


def test_a_job_one_is_not_invited_to_is_not_found(cast: Cast):
    a_published_job(cast, invited=(cast.events_team.pk, cast.vera_co.pk))

    assert titles(cast.vera, "summer") and titles(cast.pia, "summer")
    assert titles(cast.otto, "summer") == titles(cast.otto, "courtyard") == []


def test_an_administrator_finds_a_job_by_its_title_and_not_by_its_text(cast: Cast):
    a_published_job(cast)

    assert titles(cast.adam, "summer")
    assert not titles(cast.adam, "courtyard")
    assert titles(cast.ada, "courtyard")


def test_nothing_of_a_sealed_bid_is_found_by_anybody(cast: Cast):
    job = a_published_job(cast, shows_ceiling=False, point=eur("60"))
    before = {name: found(getattr(cast, name), "plumeria 7341219.37") for name in EVERYBODY}

    submit(cast, job, content=offer("7341219.37", approach="plumeria"), at=NOON + HOUR)

    for name in EVERYBODY:
        assert found(getattr(cast, name), "plumeria 7341219.37") == before[name]
        assert found(getattr(cast, name), "plumeria").is_empty


def test_people_are_found_where_they_are_listed(cast: Cast):
    listed = [(one.name, one.place_name) for one in found(cast.maya, "pia").people]

    assert listed == [("Pia", "Events")]
    assert found(cast.maya, "vera").people == ()  # who works for a vendor is theirs to tell
    assert [one.name for one in found(cast.vera, "vera").people] == ["Vera"]
    assert [one.name for one in found(cast.adam, "vera").people] == ["Vera"]
    assert found(cast.vera, "pia").people == found(cast.vera, "maya").people == ()


def test_an_entry_is_found_by_its_job_and_by_its_id(cast: Cast, award: Award):
    entry = JournalEntry.objects.get(kind="awarded")

    by_job = found(cast.fin, "summer party", CHOICE + DAY).entries
    by_id = found(cast.ada, str(entry.public_id), CHOICE + DAY).entries

    assert entry.public_id in {one.entry_id for one in by_job}
    assert [one.about for one in by_id] == [award.job.title]
    assert found(cast.otto, str(entry.public_id), CHOICE + DAY).entries == ()


def test_the_box_never_knows_more_than_its_reader(cast: Cast, award: Award):
    """Whatever anybody finds stands in a list that they may open."""
    a_draft(cast, title="Evening with Events, Otto, Pia and Vera")
    at = CHOICE + DAY
    for name in EVERYBODY:
        actor = getattr(cast, name)
        jobs = {row.job_id for row in register(actor=actor, at=at).items}
        known = {one.id for one in providers(actor)}
        entries = {row.entry_id for row in journal(actor=actor).items}
        for words in ("summer", "events", "pia"):
            paper = found(actor, words, at)
            assert {one.job_id for one in paper.jobs} <= jobs, (name, words)
            assert {one.provider_id for one in paper.providers} <= known, (name, words)
            assert {one.provider_id for one in paper.people if one.provider_id} <= known
            assert {one.entry_id for one in paper.entries} <= entries, (name, words)


def test_no_more_than_a_few_of_each_are_shown_and_the_closest_first(cast: Cast):
    for number in range(EACH + 2):
        a_draft(cast, title=f"Lantern walk through town number {number}")
    a_draft(cast, title="Lantern")

    assert len(titles(cast.maya, "lantern")) == EACH
    assert "Lantern" in titles(cast.maya, "lantern")
