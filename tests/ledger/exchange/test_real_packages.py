"""The packages of real publishers, where they are at hand: read, and replayed."""

from __future__ import annotations

import gzip
import json
from io import StringIO

import pytest
from django.core.management import call_command

from ledger.books import check_books
from ledger.exchange.ocds.merging import compiled
from ledger.exchange.ocds.reading import read
from ledger.exchange.ocds.spool import Spool
from ledger.exchange.ocds.stream import releases
from ledger.reports.choice_totals import choice_totals
from ledger.reports.choices import every_choice
from marketplace.money import Money
from tests.ledger.exchange.packages import ASSAM, REAL, figures, with_real_data
from tests.ledger.exchange.test_import import an_auditor, imported

ASSAM_FIGURES = {
    "departments": 65,
    "providers": 3_509,
    "jobs": 2_750,
    "bids": 9_090,
    "priced_bids": 7_152,
    "awards": 2_750,
    "awarded_minor": {"INR": 10_424_351_316_545},
}


def tales(path):
    with Spool() as spool:
        for release in releases(path):
            spool.put(release["ocid"], release)
        return [read(ocid, compiled(told)) for ocid, told in spool.groups()]


@with_real_data
def test_the_large_package_tells_exactly_what_its_readme_states():
    told = tales(ASSAM)

    assert figures(told) == ASSAM_FIGURES
    prices = [
        (next(bid.price for bid in job.bids if bid.key == job.choice.bid_key), asked)
        for tale in told
        for job in tale.jobs
        if len(asked := [bid.price for bid in job.bids if bid.price and not bid.fault]) > 1
    ]
    assert len(prices) == 2_321
    assert sum(chosen == min(asked) for chosen, asked in prices) == 2_233
    tied = [chosen for chosen, asked in prices if asked.count(min(asked)) > 1]
    won = [chosen for chosen, asked in prices if chosen == min(asked) and asked.count(chosen) > 1]
    # The README counts the ties that the lowest price won; five were won by a dearer bid.
    assert (len(tied), len(won)) == (545, 540)


@with_real_data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "fates", "kept"),
    [
        (
            "ukraine_prozorro",
            {"taken": 2, "partly": 1, "refused": 0},
            {"jobs": 3, "bids": 3, "awards": 3, "awarded_minor": {"UAH": 8_281_000}},
        ),
        (
            "mexico_cdmx",
            {"taken": 0, "partly": 12, "refused": 0},
            {"jobs": 4, "bids": 3, "awards": 3, "awarded_minor": {"MXN": 305_613_552}},
        ),
        (
            "uk_contracts_finder",
            {"taken": 103, "partly": 4, "refused": 0},
            {"departments": 72, "jobs": 100, "bids": 0, "awards": 0, "awarded_minor": {}},
        ),
        pytest.param(
            "armenia",
            {"taken": 74, "partly": 375, "refused": 0},
            {
                "departments": 43,
                "providers": 246,
                "jobs": 343,
                "bids": 661,
                "awards": 188,
                "awarded_minor": {"AMD": 63_027_463_906},
            },
            marks=pytest.mark.proof,
        ),
    ],
)
def test_every_release_of_a_real_package_is_accounted_for(name, fates, kept):
    found, became, problems = imported(REAL / f"{name}_releases.json.gz")

    assert became == fates
    assert {figure: found[figure] for figure in kept} == kept
    assert bool(problems) is bool(became["partly"] or became["refused"])
    assert check_books().wrong == ()


@with_real_data
@pytest.mark.django_db
def test_the_beginning_of_the_large_package_is_replayed_as_it_is_told(tmp_path):
    with gzip.open(ASSAM) as packed:
        beginning = json.load(packed)["releases"][:40]
    path = tmp_path / "beginning.json"
    path.write_text(json.dumps({"releases": beginning}))

    found, became, _ = imported(path)

    assert found == figures(tales(path))
    assert became == {"taken": 40, "partly": 0, "refused": 0}


@with_real_data
@pytest.mark.proof
def test_the_large_package_is_imported_to_the_last_unit(committed, as_role):
    as_role("replay")
    out = StringIO()

    call_command("import_ocds", str(ASSAM), "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert {name: told[name] for name in ASSAM_FIGURES} == ASSAM_FIGURES
    assert (told["taken"], told["partly"], told["refused"]) == (2_749, 1, 0)
    assert len(told["problems"]) == 1
    auditor = an_auditor()
    totals = choice_totals(actor=auditor)
    assert totals.awarded == (Money(10_424_351_316_545, "INR"),)
    assert (totals.choices, totals.valid_priced_bids) == (2_750, 7_152)
    assert (totals.contested, totals.lowest_chosen) == (2_321, 2_233)
    contested = [row for row in every_choice(actor=auditor) if row.valid_priced_bids > 1]
    assert sum(bool(row.is_lowest) for row in contested) == 2_233
    assert sum(bool(row.is_lowest) and row.lowest_is_tied for row in contested) == 540
    assert check_books().wrong == ()
