"""The figures for whoever watches the processes tell no business: not how often anybody bids."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from marketplace.project.health import OF_BIDDERS
from marketplace.tokens import issue_token, scopes
from tests.api.conftest import DAY, NOW, Machine
from tests.api.stories import bid_body, open_job
from tests.cast import Cast, assemble_again

SOME = "0190a1b2-0000-7000-8000-000000000000"


def test_the_figures_count_no_page_of_bidders(cast: Cast, client: Client, settings: Any):
    settings.METRICS_TOKEN = "for tests alone"
    client.force_login(cast.otto)
    assert client.get("/bids/").status_code == 200
    assert client.get("/jobs/").status_code == 200

    told = client.get("/metrics", headers={"Authorization": "Bearer for tests alone"}).content

    assert b'view="jobs"' in told
    assert b'view="my-bids"' not in told
    assert b'view="bid' not in told


def test_the_figures_count_no_bid_made_by_a_machine(db: None, settings: Any):
    settings.METRICS_TOKEN = "for tests alone"
    cast = assemble_again(at=NOW - 300 * DAY)
    words = {"expires_at": NOW + 30 * DAY, "at": NOW - DAY}
    every = [scope for scope, _ in scopes()]
    vera = Machine(issue_token(actor=cast.vera, name="tests", scopes=every, **words).secret)
    job = open_job(cast)
    assert vera.post(f"jobs/{job.pk}/bids/", bid_body(cast.vera_co, "7341.37")).status_code == 201
    assert vera.get("bids/").status_code == 200
    assert vera.get("jobs/").status_code == 200

    told = vera.client.get("/metrics", headers={"Authorization": "Bearer for tests alone"}).content

    assert b'view="api.jobs.Jobs"' in told
    assert b'view="api.bids.' not in told


@pytest.mark.parametrize(
    "path",
    [
        "bids/",
        f"bids/{SOME}/",
        f"bids/{SOME}/receipt/",
        f"bids/{SOME}/withdrawal/",
        f"bids/{SOME}/confirmation/",
        f"bids/{SOME}/final-bid/",
        f"bids/{SOME}/files/{SOME}/",
        f"jobs/{SOME}/bids/",
        f"jobs/{SOME}/bid-drafts/{SOME}/",
        f"jobs/{SOME}/bid-drafts/{SOME}/restoration/",
        f"jobs/{SOME}/bid-drafts/{SOME}/files/",
        f"jobs/{SOME}/bid-drafts/{SOME}/files/{SOME}/",
        f"jobs/{SOME}/questions/",
        f"jobs/{SOME}/decline/",
        f"jobs/{SOME}/final-round/",
    ],
)
def test_no_address_of_bidders_has_a_figure(path: str):
    assert OF_BIDDERS.search(f'view="{resolve("/api/v1/" + path).view_name}"'.encode())


def test_an_address_of_the_buyer_has_one():
    buyer = resolve(f"/api/v1/jobs/{SOME}/opening/bids/").view_name
    assert not OF_BIDDERS.search(f'view="{buyer}"'.encode())
