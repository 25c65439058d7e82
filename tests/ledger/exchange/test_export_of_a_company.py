"""The demonstration company's record goes out valid, and comes in again to the same decisions."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from bids.models.bids import Bid
from ledger.books import check_books
from ledger.demonstration.history import tell_history
from ledger.exchange.ocds.export.releasing import ocid_of
from ledger.exchange.ocds.importing import take_over
from ledger.exchange.ocds.replay import Fate
from ledger.exchange.ocds.spool import Spool
from ledger.models.awards import Award, NoAward
from ledger.models.journal import Posting
from marketplace.models.jobs import Job
from tests.ledger.exchange.ocds_rules import OURS, PUBLISHED, STANDARD, faults, with_the_schema
from tests.ledger.exchange.packages import OWN

LOCAL = Path(__file__).parents[3] / ".local"
NOW = datetime.now(UTC)
# What a release of ours tells and an import cannot do again; each is said, and the choice kept.
STATED = [
    "overridden; the department is charged for all of it",
    "work that was called off; the choice is kept, and nothing is charged",
]


def decisions():
    """Return everything that was decided, by the ocid of the job, in words of the business."""
    return {ocid_of(job): _decision(job) for job in Job.objects.published()}


def _decision(job):
    award = Award.objects.filter(job=job).first()
    none = NoAward.objects.filter(job=job).first()
    is_opened = job.opened_at is not None
    return {
        "job": (job.title, job.need, job.department.name, job.category.name, job.mode),
        "money": (job.currency, job.ceiling_minor, job.shows_ceiling, job.point_minor),
        "dates": (job.published_at, job.closes_at, is_opened, job.cancelled_at),
        "criteria": [
            (one.name, one.weight, one.question, one.levels, one.knock_out, one.kind)
            for one in job.criteria.order_by("position")
        ],
        "invited": sorted(
            (one.provider.name, getattr(one.provider.department, "name", ""))
            for one in job.invitations.select_related("provider__department")
        ),
        "bids": sorted(map(_offer, _read_whole(job))) if is_opened else [],
        "choice": award
        and (
            award.provider.name,
            award.price,
            award.chosen_at,
            award.reason_code,
            award.reason.text,
            award.decisive_criterion and award.decisive_criterion.name,
            award.followed_view,
        ),
        "ended": none and none.reason.text,
        "cancelled": job.cancellation and job.cancellation.text,
    }


def _read_whole(job):
    """Return the bids whose prices were opened, too: a formal job's are, once quality is agreed."""
    return Bid.objects.standing().filter(job=job, price__isnull=False)


def _offer(bid):
    price = bid.price
    lines = [(line.kind, line.amount_minor) for line in price.lines.order_by("position")]
    parts = [(part["title"], part["due_on"], part["amount_minor"]) for part in price.milestones]
    return (bid.provider.name, bid.submitted_at, price.quoted, lines, parts, bid.opened.approach)


def charged():
    """Return what the journal says was charged, by award."""
    codes = ["5100", "5200", "5300", "5500", "5700"]
    codes += [f"M{code}" for code in codes]
    found: Counter[str] = Counter()
    for posting in Posting.objects.filter(account__code__in=codes, award__isnull=False):
        found[str(posting.award_id)] += posting.debit_minor - posting.credit_minor
    return {award: minor for award, minor in found.items() if minor}


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration's export, and what was decided and charged in it."""
    folder = tmp_path_factory.mktemp("export")
    with django_db_blocker.unblock(), transaction.atomic():
        tell_history(now=NOW, say=lambda _line: None)
        told = {"decisions": decisions(), "charged": charged(), "folder": folder}
        call_command("export_ocds", out=folder / "releases.json")
        call_command("export_ocds", out=folder / "lines.json.gz", ndjson=True, gzip=True)
        call_command("export_ocds", out=folder / "records.json", records=True)
        transaction.set_rollback(True)
    told["package"] = json.loads((folder / "releases.json").read_text(), parse_float=Decimal)
    return told


@with_the_schema
def test_the_package_keeps_every_rule_of_the_standard(company):
    assert faults(company["package"]) == []


@with_the_schema
def test_a_wrong_package_is_noticed(company):
    package = json.loads(json.dumps(company["package"], default=float))
    release = next(one for one in package["releases"] if "contract" in one["tag"])
    release["awards"][0]["choicebook"]["reasonCode"] = "because"
    release["awards"][0]["suppliers"][0]["id"] = "nobody"
    release["tender"]["choicebook"]["colour"] = "green"
    release["date"] = "yesterday"

    found = "\n".join(faults(package))

    assert "“because” is no choicebookReasonCode.csv" in found
    assert "nobody is no party" in found
    assert "colour: no schema describes it" in found
    assert "'yesterday' is not a 'date-time'" in found


def test_the_three_forms_hold_the_same_releases(company):
    releases = company["package"]["releases"]
    with gzip.open(company["folder"] / "lines.json.gz", "rt", encoding="utf-8") as lines:
        assert [json.loads(line, parse_float=Decimal) for line in lines] == releases
    package = json.loads((company["folder"] / "records.json").read_text(), parse_float=Decimal)
    assert [one["releases"][0] for one in package["records"]] == releases
    assert {one["compiledRelease"]["tag"][0] for one in package["records"]} == {"compiled"}
    ids = [one["id"] for one in releases]
    assert len(ids) == len(set(ids)) == len(company["decisions"])


def test_the_charges_told_are_those_of_the_journal_to_the_cent(company):
    told = {}
    for release in company["package"]["releases"]:
        for contract in release.get("contracts", []):
            charges = contract["implementation"].get("transactions", [])
            total = sum(one["value"]["amount"] for one in charges)
            assert contract["choicebook"]["charged"]["amount"] == total
            if total:
                told[contract["id"]] = int(total * 100)

    assert told == company["charged"]
    assert len(told) > 30


def test_nothing_of_a_bid_is_told_before_its_opening(company):
    still_open = [one for one in company["package"]["releases"] if _is_open(one)]

    assert len(still_open) >= 3
    for release in still_open:
        assert "bids" not in release
        assert "numberOfTenderers" not in release["tender"]
        roles = {role for party in release["parties"] for role in party.get("roles", [])}
        assert roles <= {"buyer", "procuringEntity", "invitedProvider", "teamDepartment"}


def _is_open(release):
    return release["tender"]["status"] == "active" and "awardPeriod" not in release["tender"]


def test_it_is_imported_again_to_the_same_decisions(company, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with Spool() as spool:
            paths = [company["folder"] / "releases.json"]
            account = take_over(paths, spool, now=NOW, in_house={})
            problems = list(account.problems())
        again, books = decisions(), check_books()
        transaction.set_rollback(True)

    assert sorted(one.why for one in problems) == STATED
    assert account.fates[Fate.PARTLY] == len(STATED)
    assert account.fates[Fate.TAKEN] == len(company["decisions"]) - len(STATED)
    assert again == company["decisions"]
    assert books.wrong == ()


@with_the_schema
def test_a_package_taken_over_goes_out_valid_under_the_ocids_it_came_with(
    django_db_setup, django_db_blocker, tmp_path
):
    out = tmp_path / "again.json"
    with django_db_blocker.unblock(), transaction.atomic():
        with Spool() as spool:
            paths = [OWN / "fair_releases.json"]
            take_over(paths, spool, now=NOW, in_house={"T-1": "D-1"})
        call_command("export_ocds", out=out)
        kept = {ocid_of(job) for job in Job.objects.published()}
        transaction.set_rollback(True)
        package = json.loads(out.read_text())

    assert faults(package) == []
    assert {one["ocid"] for one in package["releases"]} == kept
    assert "ocds-fair00-1" in kept
    awards = [award for one in package["releases"] for award in one.get("awards", [])]
    assert sum(award["status"] == "active" for award in awards) == 8


@pytest.mark.proof
@with_the_schema
def test_the_partnerships_own_checker_finds_nothing(company):
    """libcoveocds runs as a tool of its own: it is neither imported nor shipped."""
    tool = _checker()

    clean = _checked(tool, company["package"], company["folder"])
    assert clean["validation_errors"] == []
    assert clean["additional_closed_codelist_values"] == {}
    assert clean.get("conformance_errors") is None
    assert clean["additional_fields"] == []
    assert clean["extensions"]["invalid_extension"] == {}
    releases = company["package"]["releases"]
    counts = {
        "releases": len(releases),
        "bids": sum(len(one.get("bids", {}).get("details", [])) for one in releases),
        **{
            part: sum(len(one.get(part, [])) for one in releases)
            for part in ("awards", "contracts")
        },
    }
    print(  # noqa: T201
        f"libcoveocds {clean['version_used']} on {counts}: "
        f"{len(clean['validation_errors'])} validation errors, "
        f"{len(clean['additional_closed_codelist_values'])} wrong codes, "
        f"{len(clean['additional_fields'])} unknown fields, "
        f"conformance {clean.get('conformance_errors')}"
    )

    package = json.loads(json.dumps(company["package"], default=float))
    package["releases"][0]["tender"]["status"] = "finished"
    package["releases"][0]["tender"]["choicebook"]["mode"] = "by_lot"
    package["releases"][0]["ocid"] = "northmere-1"
    broken = _checked(tool, package, company["folder"])
    closed = json.dumps(broken["additional_closed_codelist_values"])
    assert "finished" in closed
    assert "by_lot" in closed
    assert "northmere-1" in json.dumps(broken["conformance_errors"])


def _checker():
    """Return the tool, in an environment of its own that is made once; without it, skip."""
    home = LOCAL / "ocds-checker"
    tool = home / "bin" / "libcoveocds"
    if not tool.exists():
        steps = [
            [sys.executable, "-m", "venv", str(home)],
            [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "libcoveocds"],
        ]
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                shutil.rmtree(home, ignore_errors=True)
                pytest.skip(f"libcoveocds cannot be had here: {done.stderr.strip()[-200:]}")
    return tool


def _checked(tool, package, folder):
    """Return what the tool says of a package, with the extensions served from this machine."""
    served = folder / "served"
    served.mkdir(exist_ok=True)
    for source in [*PUBLISHED, OURS]:
        shutil.copytree(source, served / source.name, dirs_exist_ok=True)
    handler = functools.partial(_Silent, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}"
        names = [f"{at}/{source.name}/extension.json" for source in [*PUBLISHED, OURS]]
        path = folder / "checked.json"
        path.write_text(json.dumps(package | {"extensions": names}, default=float))
        archive = STANDARD / "standard-1__1__5-schema.zip"
        said = subprocess.run(
            [str(tool), "--standard-zip", str(archive), str(path)],
            capture_output=True, text=True, timeout=600, check=True,
        )  # fmt: skip
        server.shutdown()
    return json.loads(said.stdout)


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""
