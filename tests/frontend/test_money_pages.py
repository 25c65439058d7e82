"""The pages of money and of the record, as heads, finance, auditors and providers read them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.exchange.account_file import account_file
from ledger.models.awards import Award
from ledger.models.budgets import BudgetLine
from ledger.models.journal import JournalEntry
from tests.builders import DAY, eur
from tests.cast import Cast
from tests.frontend.bidding import it_is, send
from tests.frontend.conftest import SignIn
from tests.ledger.builders import CHOICE, accept, choose, close_month, contest, grant, milestones

pytestmark = pytest.mark.django_db

MARCH = "?month=2026-03"


@pytest.fixture(autouse=True)
def late_in_march() -> Iterator[None]:
    with it_is(CHOICE + 9 * DAY):
        yield


@pytest.fixture
def award(cast: Cast) -> Award:
    """Marketing chose the Events team and accepted its first part: 15,000.00."""
    grant(cast)
    chosen = choose(cast, contest(cast).team_bid)
    accept(cast, milestones(chosen)[0], at=CHOICE + 5 * DAY)
    return chosen


@pytest.fixture
def maya(cast: Cast, as_person: SignIn) -> Client:
    return as_person(cast.maya)


def read(client: Client, name: str, *args: object, query: str = "") -> str:
    """Return a page that answers, in full: no component was left unread."""
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    text: str = answer.content.decode()
    assert "<c-" not in text, name
    return text


def sheet(client: Client, name: str, query: str = "") -> list[str]:
    """Return the lines of a CSV."""
    return b"".join(client.get(reverse(name) + query)).decode().splitlines()


def test_a_head_reads_each_charge_of_the_month_and_the_sum(maya: Client, award: Award) -> None:
    page = read(maya, "statement", query=MARCH)

    assert "15,000.00" in page  # the charge
    assert "300.00" in page  # the fee
    assert "15,300.00" in page  # what both come to
    file = maya.get(reverse("statement-csv") + MARCH)
    assert file["Content-Disposition"] == 'attachment; filename="statement-marketing-2026-03.csv"'
    head, *rows = list(csv.reader(sheet(maya, "statement-csv", MARCH)))
    told = [(row[head.index("line")], row[head.index("kind")]) for row in rows]
    assert told == [("opening", ""), ("booked", "charged"), ("promised", ""), ("closing", "")]
    names = ("amount", "fee", "balance", "open")
    assert [tuple(row[head.index(name)] for name in names) for row in rows] == [
        ("", "", "0.00", ""),
        ("15000.00", "300.00", "15300.00", ""),
        ("", "", "", "25500.00"),
        ("", "", "15300.00", ""),
    ]
    assert [row[0] for row in (rows[0], rows[-1])] == ["2026-03-01", "2026-03-31"]


def test_on_paper_a_statement_is_what_its_page_shows(
    cast: Cast, maya: Client, award: Award
) -> None:
    with patch("frontend.statement_paper.account_file", side_effect=account_file) as made:
        file = maya.get(reverse("statement-pdf") + MARCH)

    assert b"".join(file).startswith(b"%PDF")  # type: ignore[call-overload]
    sheet = made.call_args.args[0]
    assert (sheet.house, sheet.title) == ("House", "Statement, March 2026")
    assert sheet.facts == [
        ("Department", "Marketing"),
        ("Cost centre", cast.marketing.cost_centre),
        ("Period", "Sun 1 Mar 2026 – Tue 31 Mar 2026"),
        ("Currency", "EUR"),
        ("State", "Open, more lines may still come"),
    ]
    part, promised = sheet.parts
    assert part.names[2:] == ("Charge", "Credit", "Fee", "Balance")
    assert [row.cells[2:] for row in part.rows] == [
        ("", "", "", "0.00"),
        ("15,000.00", "", "300.00", "15,300.00"),
        ("15,000.00", "0.00", "300.00", ""),
        ("", "", "", "EUR\N{NO-BREAK SPACE}15,300.00"),
    ]
    assert [row.cells[2] for row in promised.rows] == [
        "25,500.00",
        "EUR\N{NO-BREAK SPACE}25,500.00",
    ]
    title, small = part.rows[1].cells[1]
    assert title == "Summer party for 200 guests, Part 1"
    assert small.endswith("Events, Work charged") or small, small


def test_no_month_is_offered_that_has_not_begun(maya: Client, award: Award) -> None:
    assert "month=2026-04" not in read(maya, "statement", query=MARCH)
    february = read(maya, "statement", query="?month=2026-02")
    assert "month=2026-03" in february
    assert "month=2026-01" in february


def test_only_who_may_read_the_journal_is_led_there(
    cast: Cast, maya: Client, award: Award, as_person: SignIn
) -> None:
    entry = str(JournalEntry.objects.get(kind="charged").public_id)
    rolf, fin, gerd = as_person(cast.rolf), as_person(cast.fin), as_person(cast.gerd)
    query = f"{MARCH}&department={cast.marketing.pk}"

    assert entry not in read(rolf, "statement", query=query)
    for reader in (maya, gerd, fin):
        assert entry in read(reader, "statement", query=query)


def test_a_line_leads_its_head_to_the_receipts_about_it(
    cast: Cast, maya: Client, award: Award, as_person: SignIn
) -> None:
    charged = JournalEntry.objects.get(kind="charged")
    address = reverse("receipts", args=[charged.source])

    assert address in read(maya, "statement", query=MARCH)
    assert "Work accepted" in read(maya, "receipts", charged.source)
    assert address not in read(as_person(cast.rolf), "statement", query=MARCH)


def test_a_month_without_fees_has_no_column_for_them(
    cast: Cast, maya: Client, award: Award, as_person: SignIn
) -> None:
    team = f"{MARCH}&provider={cast.events_team.pk}"

    assert ">Fee</th>" in read(maya, "statement", query=MARCH)
    assert ">Fee</th>" not in read(as_person(cast.pia), "statement", query=team)


def test_a_correction_says_on_its_line_which_month_it_corrects(
    cast: Cast, maya: Client, award: Award
) -> None:
    first = milestones(award)[0]
    dispute = raise_dispute(
        actor=cast.maya,
        milestone_id=first.pk,
        amount=eur("4000"),
        reason="The band did not come.",
        at=CHOICE + 7 * DAY,
    )
    close_month(cast, 202603)
    later = CHOICE + 35 * DAY
    with it_is(later):
        resolve_dispute(
            actor=cast.fin,
            dispute_id=dispute.pk,
            credit=eur("3000"),
            reason="It came late.",
            at=later,
        )
        page = read(maya, "statement", query="?month=2026-04")
        with patch("frontend.statement_paper.account_file", side_effect=account_file) as made:
            b"".join(maya.get(reverse("statement-pdf") + "?month=2026-04"))  # type: ignore[call-overload]

    assert "corrects March 2026" in page
    assert "Of it, corrections of earlier months" in page
    (part, *_) = made.call_args.args[0].parts
    assert part.rows[1].cells[1][1].endswith("corrects March 2026")
    assert part.rows[3].cells[1:] == (
        "Of it, corrections of earlier months",
        *("", "", "", "\N{MINUS SIGN}3,060.00"),
    )


def test_a_provider_reads_what_came_in(cast: Cast, award: Award, as_person: SignIn) -> None:
    pia = as_person(cast.pia)
    query = f"{MARCH}&provider={cast.events_team.pk}"

    assert "15,000.00" in read(pia, "statement", query=query)
    assert "Nothing was booked" in read(
        pia, "statement", query=f"?month=2026-02&provider={cast.events_team.pk}"
    )
    assert "No books of yours" in read(pia, "statement")


def test_books_of_others_are_closed(cast: Cast, award: Award, as_person: SignIn) -> None:
    sam, vera = as_person(cast.sam), as_person(cast.vera)
    query = f"{MARCH}&department={cast.marketing.pk}"

    assert sam.get(reverse("statement") + query).status_code == 403
    assert vera.get(reverse("statement") + query).status_code == 404
    for name in ("finance", "trial-balance", "people"):
        assert sam.get(reverse(name)).status_code == 403, name


def test_what_is_no_month_is_a_bad_address(maya: Client) -> None:
    assert maya.get(reverse("statement") + "?month=soon").status_code == 400
    assert maya.get(reverse("statement") + "?weather=fine").status_code == 400


def test_a_head_reads_the_budget_with_what_is_promised(maya: Client, award: Award) -> None:
    page = read(maya, "budgets")

    assert "100,000.00" in page
    assert "15,300.00" in page  # charged
    assert "25,500.00" in page  # promised: two parts and their fee
    assert "59,200.00" in page  # free
    assert len(sheet(maya, "budgets-csv")) == 2


def test_finance_grants_a_budget_once_however_often_it_is_sent(
    cast: Cast, as_person: SignIn
) -> None:
    fin, path = as_person(cast.fin), reverse("budget-grant")
    form = fin.get(path).context["form"]
    typed = {
        "department": str(cast.marketing.pk),
        "fiscal_year": "2026",
        "category": "",
        "amount": "12,500.00",
        "control": "hard",
        "grant_id": str(form.initial["grant_id"]),
    }

    send(fin, path, typed)
    send(fin, path, typed)

    assert BudgetLine.objects.get().budget_minor == 12_500_00


def test_only_finance_is_asked_for_budgets(maya: Client) -> None:
    assert maya.get(reverse("budget-grant")).status_code == 403


def test_the_record_of_choices_says_why(maya: Client, award: Award) -> None:
    page = read(maya, "choices")

    assert award.reason.text in page
    assert "40,000.00" in page
    assert award.reason.text not in read(maya, "choices", query="?kind=outside")
    assert len(sheet(maya, "choices-csv")) == 2


def test_of_very_many_choices_the_bids_are_counted_after_the_page_or_by_its_link(
    maya: Client, award: Award
) -> None:
    lowest = '<span class="tally"><b>1</b>'
    assert lowest in read(maya, "choices")
    with patch("frontend.pages.choice_record.COUNTED_AT_ONCE", 0):
        page = read(maya, "choices", query="?kind=in_house")
        assert lowest not in page.partition("Lowest price chosen")[2].partition("</small>")[0]
        asked = 'href="?kind=in_house&amp;contests=yes" hx-get="?kind=in_house&amp;contests=yes"'
        assert asked in page
        assert lowest in read(maya, "choices", query="?kind=in_house&contests=yes")
        part = maya.get(reverse("choices"), {"contests": "yes"}, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith(lowest)
    assert "<html" not in part.content.decode()


def test_the_books_balance_and_lead_to_each_entry(
    cast: Cast, award: Award, as_person: SignIn
) -> None:
    fin, entry = as_person(cast.fin), JournalEntry.objects.get(kind="charged")

    assert "Yes, in each book and currency" in read(fin, "trial-balance")
    assert str(entry.public_id) in read(fin, "journal")
    assert "15,000.00" in read(fin, "entry", entry.public_id)
    assert len(sheet(fin, "trial-balance-csv")) > 5
    assert len(sheet(fin, "journal-csv")) > 10


def test_a_head_reads_of_the_journal_only_what_is_theirs(
    cast: Cast, maya: Client, award: Award, as_person: SignIn
) -> None:
    charged = JournalEntry.objects.get(kind="charged")

    assert "Its other lines are not yours to read" in read(maya, "entry", charged.public_id)
    otto = as_person(cast.otto)
    assert otto.get(reverse("entry", args=[charged.public_id])).status_code == 404


def test_finance_and_auditors_have_a_desk(cast: Cast, award: Award, as_person: SignIn) -> None:
    for person in (cast.fin, cast.ada):
        assert "No charge is disputed" in read(as_person(person), "finance")


def test_a_provider_is_shown_as_its_record_shows_it(
    cast: Cast, maya: Client, award: Award, as_person: SignIn
) -> None:
    assert "fewer than three ratings" in read(maya, "provider", cast.events_team.pk)
    assert "Events" in read(maya, "providers")
    assert "No provider matches" in read(maya, "providers", query="?q=nobody")
    assert "Events" in read(maya, "ratings")
    assert len(sheet(maya, "ratings-csv")) == 4
    assert as_person(cast.vera).get(reverse("provider", args=[cast.otto_co.pk])).status_code in (
        403,
        404,
    )


def test_a_team_reads_whether_they_would_choose_it(
    cast: Cast, award: Award, as_person: SignIn
) -> None:
    page = read(as_person(cast.pia), "team")

    assert "1 of 1" in page
    assert "15,000.00" in page
    lost = read(as_person(cast.vera), "team")
    assert award.reason.text in lost
    maya = as_person(cast.maya)
    assert maya.get(reverse("team")).status_code == 404
    asked = reverse("team") + f"?provider={cast.events_team.pk}"
    assert maya.get(asked).status_code == 403
