"""The figures for whoever watches the processes tell no business: not how often anybody bids."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.cast import Cast


def test_the_figures_count_no_page_of_bidders(cast: Cast, client: Client, settings: Any):
    settings.METRICS_TOKEN = "for tests alone"
    client.force_login(cast.otto)
    assert client.get("/bids/").status_code == 200
    assert client.get("/jobs/").status_code == 200

    told = client.get("/metrics", headers={"Authorization": "Bearer for tests alone"}).content

    assert b'view="jobs"' in told
    assert b'view="my-bids"' not in told
    assert b'view="bid' not in told
