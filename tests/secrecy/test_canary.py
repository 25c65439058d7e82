"""
Until the opening no word, file name or amount of a rival's bid reaches anybody: what the head is
told, mail, the admin site, and each copy that could be taken. The nine: test_nine_in_each_state.
"""

from __future__ import annotations

import logging
import os
from secrets import token_hex
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse

from bids.opening import open_bids
from marketplace.interests import declare_interest
from marketplace.letters import send_due_notices
from marketplace.models.jobs import Job
from marketplace.system import the_clock
from tests.bids.test_secrecy import data_files, dump, every_row, forms_of, found
from tests.cast import Cast
from tests.database import ADMIN, with_database
from tests.permissions.asking import People
from tests.permissions.operations import Operation, operations
from tests.permissions.situations import situations
from tests.permissions.world import ROLES, Ids
from tests.secrecy import rivals
from tests.secrecy.needles import AMOUNT, FILE, SHOWN, WORD, hits
from tests.secrecy.routes import (
    CARELESS,
    LOOKED_FOR,
    everything,
    questions_of,
    sent_with,
    unasked,
)

STORY = rivals.STORY
SEALED = ("taking bids", "waiting for the panel", "cancelled", "best and final", "own")


def chosen(operation: Operation, told: Ids) -> list[dict[str, Any]]:
    """Return the situations to ask about: those with a sealed bid in them, or any at all."""
    found = situations(operation, told)
    return [found[name] for name in SEALED if name in found] or list(found.values())[:1]


def all_that(people: People, role: str, told: Ids, some: Any) -> list[bytes]:
    """Return all that comes back to one of the nine: of each answer the head and the body."""
    return [
        piece
        for operation in some
        for ids in chosen(operation, told)
        for piece in everything(people.ask(role, operation, ids, sent_with(operation, ids)))
    ]


def test_every_address_of_the_site_is_asked():
    assert unasked() == []


def test_what_is_looked_for_finds_the_bid_and_says_nothing_of_it():
    assert WORD.startswith(LOOKED_FOR)
    assert FILE.startswith(LOOKED_FOR)
    asked = [LOOKED_FOR, *CARELESS]
    asked += [question for one in operations() for question in questions_of(one)]
    assert hits(question.encode() for question in asked) == []


def test_the_head_is_told_of_no_sealed_bid_at_any_address_about_jobs_and_bids(
    told: Ids, founded: Cast
):
    near = ("api/v1/jobs", "api/v1/bids", "api/v1/notices", "api/v1/desk", "jobs.csv")
    looked = [one for one in operations() if one.verb == "GET" and one.address.startswith(near)]
    here = {name: told[name] for name in ("own", "taking bids", "waiting for the panel")}
    came = all_that(People(founded), "HD", here, [one for one in looked if chosen(one, here)])

    assert len(came) > 60
    assert hits(came) == []


@pytest.mark.proof
def test_no_page_of_the_admin_site_tells_of_one(founded: Cast, told: Ids):
    registered = {model._meta.label for model in admin.site._registry}
    assert not [label for label in registered if label.startswith(("bids.", "ledger."))]
    adam = Client()
    adam.force_login(founded.adam)
    came = [adam.get(reverse("admin:index")).content]
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = adam.get(reverse(f"admin:{name}_changelist"))
        came.append(listed.content)
        rows = model._default_manager.values_list("pk", flat=True)[:20]
        paths = [reverse(f"admin:{name}_change", args=[pk]) for pk in rows]
        came += [adam.get(path).content for path in paths]

    assert len(came) > 20
    assert hits(came) == []


@pytest.mark.proof
def test_no_mail_tells_anybody_of_a_rivals_bid(founded: Cast, told: Ids):
    send_due_notices(at=Job.objects.get(pk=told["waiting for the panel"]["job_id"]).closed_at)
    sent = [f"{one.to} {one.subject}\n{one.body}" for one in mail.outbox]

    assert hits(text.encode() for text in sent) == []
    others = [text for text in sent if "otto" not in text.partition("]")[0]]
    assert not [text for text in others if "Otto" in text.partition("]")[2]]


@pytest.mark.proof
def test_what_passed_through_the_doors_lies_in_no_copy(
    founded: Cast, told: Ids, committed: str, settings: Any, tmp_path: Any, caplog: Any
):
    word = f"plumeria{token_hex(12)}"
    settings.MEDIA_ROOT = str(tmp_path)
    caplog.set_level(logging.DEBUG)
    rivals.acts_over_http(founded, told["taking bids"], word)
    _final_bid_after_a_long_while(founded, told["best and final"]["bid_id"], word)
    mine = [*forms_of(word), *forms_of(f"{word}.txt")]
    url = with_database(os.environ[ADMIN], committed)

    for copy in (every_row(url), dump(url), caplog.text.encode()):
        assert found(copy, iter(mine)) == []
    assert hits([every_row(url), dump(url), caplog.text.encode()]) == []
    assert not list(tmp_path.rglob("*"))
    try:
        assert not any(found(file, iter(mine)) for file in data_files(url))
    except PermissionError:
        pytest.skip("The server's files belong to somebody else here.")


def _final_bid_after_a_long_while(cast: Cast, bid_id: Any, word: str) -> None:
    """Otto signed in long ago, so what he typed waits in his session until he did again."""
    otto = Client()
    otto.force_login(cast.otto)
    path = reverse("final-bid", args=[bid_id])
    with patch("frontend.rendering._signed_in_lately", return_value=False):
        answer = otto.post(path, {"answer": word, "line_0": AMOUNT})
    assert answer.status_code == 302
    assert word in otto.get(path).content.decode(), "and it is still there when he comes back"
    with patch("frontend.rendering._signed_in_lately", return_value=False):
        otto.post(path, {"answer": word, "line_0": AMOUNT})


def test_what_is_typed_before_signing_in_again_is_kept_where_no_copy_tells_it(
    founded: Cast, told: Ids, committed: str
):
    word = f"plumeria{token_hex(12)}"
    _final_bid_after_a_long_while(founded, told["best and final"]["bid_id"], word)

    rows = every_row(with_database(os.environ[ADMIN], committed))
    assert found(rows, forms_of(word)) == []


@pytest.mark.proof
def test_after_the_opening_whoever_may_see_it_finds_all_of_it(
    founded: Cast, told: Ids, committed: str
):
    people = People(founded)
    job_id = told["waiting for the panel"]["job_id"]
    declare_interest(
        actor=founded.rolf, job_id=job_id, has_some=False, at=Job.objects.get(pk=job_id).closed_at
    )
    open_bids(actor=the_clock(), job_id=job_id, at=Job.objects.get(pk=job_id).closed_at)
    looked = [one for one in operations() if one.verb == "GET"]
    here = {name: told[name] for name in ("own", "waiting for the panel")}

    for role in ("HD", "AU"):
        whole = b"\n".join(all_that(people, role, here, looked))
        assert FILE.encode() in whole, role
        assert SHOWN in whole, role
        assert b"plumeria &amp; ocotillo &lt;orchard&gt;" in whole, role
    for role in set(ROLES) - {"HD", "AU", "RQ"}:
        came = all_that(people, role, here, looked)
        assert hits(came) == [], role
    assert WORD.encode() in dump(with_database(os.environ[ADMIN], committed))
