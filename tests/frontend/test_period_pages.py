"""The pages on which finance closes a month, and two people open it again or correct an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ledger.models.awards import Award
from ledger.models.corrections import Correction
from ledger.models.journal import JournalEntry
from ledger.models.periods import Period
from tests.builders import DAY, NOON
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.ledger import builders
from tests.ledger.builders import CHOICE, after

pytestmark = pytest.mark.django_db
MARCH = 202603
STEPS = ("begin", "stop", "close", "ask", "sign", "decline")


@pytest.fixture(autouse=True)
def early_in_april() -> Iterator[None]:
    with it_is(after(MARCH)):
        yield


@pytest.fixture
def award(cast: Cast) -> Award:
    """Marketing's work of March: one part charged, one handed over and undecided."""
    builders.grant(cast, at=NOON)
    award = builders.choose(cast, builders.contest(cast).vendor_bid)
    first, second, _ = builders.milestones(award)
    builders.accept(cast, first, at=CHOICE + DAY)
    builders.deliver(cast, second, at=CHOICE + 19 * DAY)
    return award


@pytest.fixture
def fin(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.fin)


@pytest.fixture
def ada(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.ada)


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    text: str = answer.content.decode()
    assert "<c-" not in text, name
    return text


def post(client: Client, name: str, *args: object, **typed: str) -> HttpResponse:
    """Send a form."""
    return client.post(reverse(name, args=args), typed)


def take(client: Client, step: str, **typed: str) -> None:
    """Take a step of March on its page, and come back to the month."""
    answer = post(client, f"period-{step}", MARCH, **typed)
    assert answer.status_code == 302, (step, answer.content.decode())
    assert answer["Location"] == reverse("period", args=[MARCH])


def test_a_month_that_still_runs_says_from_when_on_it_can_be_closed(cast, award, fin, as_person):
    with it_is(CHOICE + DAY):
        page = read(as_person(cast.fin), "period", MARCH)

    assert "Begin to close…" not in page
    assert "Can be closed from" in page
    assert "Can be closed from" not in read(fin, "period", MARCH)  # early in April


def test_home_and_finances_desk_lead_to_the_month_that_waits_to_be_closed(award, fin, ada):
    month = reverse("period", args=[MARCH])
    for name in ("home", "finance"):
        page = read(fin, name)
        assert "Close March 2026" in page
        assert f'href="{month}"' in page
    assert "Close March 2026" not in read(ada, "home")
    assert "Begin to close…" in read(fin, "period", MARCH)


def test_finance_closes_a_month_and_an_auditor_signs_its_reopening(award, fin, ada):
    page = read(fin, "period", MARCH)
    assert "March 2026" in page
    assert "Wait for an answer, to be accrued when closing begins: 1." in page
    assert "Summer party for 200 guests, Part 2: EUR\xa020,000.00" in page
    assert "Begin to close…" in page

    take(fin, "begin")
    assert "Close and seal…" in read(fin, "period", MARCH)
    take(fin, "close")
    seal = Period.objects.get(pk=MARCH).steps.get(step="closed")
    page = read(ada, "period", MARCH)
    assert bytes(seal.root).hex() in page
    assert "The same" in page
    assert "Ask to reopen…" not in page

    take(fin, "ask", reason="A bill came late.")
    page = read(ada, "period", MARCH)
    assert "Somebody asks to reopen this month" in page
    assert "A bill came late." in page
    take(ada, "sign")
    assert Period.objects.get(pk=MARCH).closed_at is None


def test_a_month_says_since_when_it_is_in_its_state(cast, award, fin, ada, as_person):
    def since() -> str:
        page = read(ada, "periods")
        row = re.search(r'<th scope="row"><a[^>]*>March 2026</a>.*?</tr>', page, re.DOTALL)
        assert row
        return re.sub(r"<[^>]+>", "", row[0])

    take(fin, "begin")
    take(fin, "close")
    take(fin, "ask", reason="A bill came late.")
    assert "In this state since" in read(ada, "periods")
    assert "Thu 2 Apr 2026" in since()

    with it_is(after(MARCH) + 3 * DAY):
        take(as_person(cast.ada), "sign")

    assert "Open" in since()
    assert "Sun 5 Apr 2026" in since()
    assert "Sun 5 Apr 2026" in read(ada, "period", MARCH)


def test_a_month_has_one_name_wherever_it_is_read(cast, award, fin):
    closed = [read(fin, name) for name in ("periods", "finance", "trial-balance")]
    assert all("March 2026" in page for page in closed)
    assert all(">2026-03<" not in page for page in closed)


def test_closing_is_stopped_and_reopening_declined_with_reasons(award, fin, ada):
    take(fin, "begin")
    take(fin, "stop", reason="A delivery is missing.")
    assert "A delivery is missing." in read(fin, "period", MARCH)
    take(fin, "begin")
    take(fin, "close")
    take(fin, "ask", reason="A bill came late.")
    take(ada, "decline", reason="Book it in April.")

    assert "Book it in April." in read(fin, "period", MARCH)
    assert Period.objects.get(pk=MARCH).closed_at is not None


def test_a_reason_is_asked_beside_its_field(award, fin):
    take(fin, "begin")

    answer = post(fin, "period-stop", MARCH, reason="")

    assert answer.status_code == 422


def test_the_list_and_its_file_show_who_closed_what(award, fin):
    take(fin, "begin")
    take(fin, "close")

    page = read(fin, "periods")
    file = b"".join(fin.get(reverse("periods-csv"))).decode().splitlines()

    assert "March 2026" in page
    assert "Fin" in page
    assert file[0].startswith("id,label,fiscal_year,starts_on,ends_on,state")
    assert [line.split(",")[5] for line in file[1:]] == ["open", "closed"]


@pytest.mark.parametrize("who", ["maya", "vera", "adam", "pia"])
def test_others_have_no_part_in_closing(cast, award, as_person, who):
    client = as_person(getattr(cast, who))

    assert client.get(reverse("periods")).status_code == 403
    assert client.get(reverse("periods-csv")).status_code == 403
    assert client.get(reverse("period", args=[MARCH])).status_code == 403
    assert client.get(reverse("corrections")).status_code == 403
    for step in STEPS:
        assert post(client, f"period-{step}", MARCH).status_code == 403


def test_a_month_that_is_not_there_is_not_found(award, fin):
    assert fin.get(reverse("period", args=[209901])).status_code == 404


def test_two_people_of_finance_reverse_a_grant(cast, award, fin, as_person):
    fay = as_person(builders.second_of_finance(cast))
    grant = JournalEntry.objects.get(kind="budget_granted").public_id
    builders.grant(cast, "500", at=after(MARCH))
    assert "Ask to reverse it…" in read(fin, "entry", grant)
    assert "No entry was corrected" in read(fin, "corrections")
    second = JournalEntry.objects.filter(kind="budget_granted").latest("pk").public_id

    asked = post(fin, "correction-ask", second, reason="Granted twice.")
    assert asked.status_code == 302
    correction = Correction.objects.get()
    assert "Sign…" not in read(fin, "corrections")
    assert "Sign…" in read(fay, "corrections")
    assert post(fay, "correction-sign", correction.pk).status_code == 302

    assert "Signed and booked" in read(fin, "corrections")
    assert JournalEntry.objects.get(kind="reversed").reverses.public_id == second
    lines = b"".join(fin.get(reverse("corrections-csv"))).decode().splitlines()
    assert len(lines) == 2


def test_a_correction_is_declined_on_its_page(cast, award, fin, as_person):
    fay = as_person(builders.second_of_finance(cast))
    grant = JournalEntry.objects.get(kind="budget_granted").public_id
    post(fin, "correction-ask", grant, reason="Too much.")
    correction = Correction.objects.get()

    told = post(fay, "correction-decline", correction.pk, reason="It is right.")

    assert told.status_code == 302
    assert "It is right." in read(fin, "corrections")
