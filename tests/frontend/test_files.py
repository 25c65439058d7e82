"""A list as a file: CSV, XLSX and PDF of the same rows, with the same figures as the page."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from frontend.tables import title_of
from ledger.exchange.pdf_file import pdf_file
from marketplace.models.people import OfficeHeld
from tests.bids.builders import submit
from tests.builders import NOON, a_published_job
from tests.cast import Cast
from tests.frontend.bidding import it_is
from tests.frontend.conftest import SignIn
from tests.ledger.builders import choose, contest, grant

pytestmark = pytest.mark.django_db


def body(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def test_the_three_files_of_a_list_hold_the_same_rows(cast: Cast, as_person: SignIn) -> None:
    job = a_published_job(cast)
    maya = as_person(cast.maya)

    with it_is(NOON):
        rows = list(csv.reader(StringIO(body(maya, reverse("jobs-csv")).decode())))
        book = load_workbook(BytesIO(body(maya, reverse("jobs-xlsx"))), read_only=True)
        paper = body(maya, reverse("jobs-pdf"))

    sheet = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    assert sheet[0] == rows[0]
    assert [row[0] for row in sheet[1:]] == [row[0] for row in rows[1:]] == [job.reference]
    ceiling = rows[0].index("ceiling")
    assert sheet[1][ceiling] == float(rows[1][ceiling]) == 10_000
    assert paper.startswith(b"%PDF")


def test_a_thing_on_paper_says_in_which_language_it_is_written(
    cast: Cast, as_person: SignIn
) -> None:
    """Programs that read it aloud go by the mark in the file."""
    grant(cast, at=NOON)
    award = choose(cast, contest(cast).team_bid)
    address = reverse("award-pdf", args=[award.job_id])

    english, german = (
        b"".join(as_person(cast.maya).get(address, headers={"Accept-Language": language}))
        for language in ("en", "de")
    )

    assert (b"/Lang(en)" in english, b"/Lang(de)" in english) == (True, False)
    assert (b"/Lang(en)" in german, b"/Lang(de)" in german) == (False, True)


def test_a_paper_is_headed_in_the_readers_language(cast: Cast, as_person: SignIn) -> None:
    a_published_job(cast)
    with it_is(NOON), patch("frontend.tables.pdf_file", side_effect=pdf_file) as made:
        answer = as_person(cast.maya).get(reverse("jobs-pdf"), headers={"Accept-Language": "de"})

    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    words = made.call_args.kwargs
    assert words["title"] == "Aufträge"
    assert (words["headings"].language, words["headings"].rows) == ("de", "%d Zeilen.")
    assert "auf Englisch" in words["headings"].note  # of the columns
    with translation.override("de"):
        assert title_of("budgets-2026") == "Budgets 2026"
        assert title_of("trial-balance") == "Saldenliste"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_file_is_given_to_those_alone_who_may_read_the_list(
    cast: Cast, as_person: SignIn, kind: str
) -> None:
    assert as_person(cast.vera).get(reverse(f"people-{kind}")).status_code == 403
    assert Client().get(reverse(f"jobs-{kind}")).status_code == 302


def test_a_file_has_the_filters_of_its_page(cast: Cast, as_person: SignIn) -> None:
    a_published_job(cast)
    maya = as_person(cast.maya)

    with it_is(NOON):
        assert b"Summer" in body(maya, reverse("jobs-csv") + "?q=summer")
        assert b"Summer" not in body(maya, reverse("jobs-csv") + "?q=winter")
        assert maya.get(reverse("jobs-xlsx") + "?bids__amount=5").status_code == 400


@pytest.mark.parametrize("name", ["departments", "providers", "people"])
def test_the_company_is_given_as_files(cast: Cast, as_person: SignIn, name: str) -> None:
    told = body(as_person(cast.adam), reverse(f"{name}-csv")).decode()

    assert {"departments": "Marketing", "providers": "Vera & Co", "people": "Rolf"}[name] in told


def test_a_bidder_files_the_receipt_and_nobody_else_may(cast: Cast, as_person: SignIn) -> None:
    bid = submit(cast, a_published_job(cast))
    address = reverse("receipt-pdf", args=[bid.pk])

    assert body(as_person(cast.pia), address).startswith(b"%PDF")
    assert as_person(cast.vera).get(address).status_code == 404
    assert as_person(cast.maya).get(address).status_code == 404


def test_a_choice_is_filed_by_the_department_and_not_by_a_bidder(
    cast: Cast, as_person: SignIn
) -> None:
    grant(cast)
    bids = contest(cast)
    address = reverse("award-pdf", args=[bids.job.pk])
    assert as_person(cast.maya).get(address).status_code == 404

    choose(cast, bids.team_bid)

    assert body(as_person(cast.maya), address).startswith(b"%PDF")
    assert as_person(cast.vera).get(address).status_code == 404


def test_an_office_is_given_after_a_fresh_sign_in_alone(cast: Cast, as_person: SignIn) -> None:
    adam = as_person(cast.adam)
    address = reverse("office-new", args=[cast.rolf.pk])

    with patch("frontend.rendering._signed_in_lately", return_value=False):
        answer = adam.post(address, {"office": "auditor"})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not OfficeHeld.objects.filter(user=cast.rolf).exists()
