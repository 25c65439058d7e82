"""Around a contest, over HTTP: templates, files, the second signature, offers, hearings."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.api.conftest import NOW, Machine
from tests.api.stories import HOUR, granted, money
from tests.builders import DAY, a_draft
from tests.cast import Cast
from tests.ledger.formal import chosen_lately


def test_a_job_begins_from_a_template(cast: Cast, maya: Machine, vera: Machine) -> None:
    job = a_draft(cast, at=NOW - HOUR)
    body = {"job_id": str(job.pk), "name": "A party", "milestones": ["Plan", "Party"]}
    made = maya.post("templates/", body)
    assert made.status_code == 201, made.content
    assert maya.post("templates/", body).json()["code"] == "template_name_taken"
    (row,) = maya.get("templates/").json()["items"]
    assert [(one["name"], one["weight"]) for one in row["criteria"]] == [("Idea", 60), ("Care", 40)]
    assert vera.get("templates/").json()["items"] == []

    begun = maya.post(f"templates/{row['id']}/drafts/", {"department_id": row["department_id"]})
    assert (begun.status_code, begun.json()["title"]) == (201, job.title)
    assert maya.post(f"templates/{row['id']}/end/").status_code == 201
    again = maya.post(f"templates/{row['id']}/drafts/", {"department_id": row["department_id"]})
    assert (again.status_code, again.json()["code"]) == (409, "template_ended")


def test_a_second_head_signs_by_the_api(cast: Cast, maya: Machine, machine_of) -> None:
    granted(cast)
    days = {"closes_at": NOW + 9 * DAY, "questions_until": NOW + 5 * DAY}
    job = a_draft(cast, at=NOW - HOUR, **days)
    adam, gerd = machine_of(cast.adam), machine_of(cast.gerd)
    stated = adam.post(
        "publishing-limits/",
        {"department_id": str(cast.house.pk), "job_limit": money("5000.00"), "reason": "By two."},
    )
    assert stated.status_code == 201, stated.content
    assert [one["is_in_force"] for one in adam.get("publishing-limits/").json()["items"]] == [True]
    alone = maya.post(f"jobs/{job.pk}/publication/")
    assert (alone.status_code, alone.json()["code"]) == (409, "second_signature_needed")
    wanted = maya.post(f"jobs/{job.pk}/wanted-publications/").json()["id"]
    assert maya.get(f"jobs/{job.pk}/wanted-publications/").json()["wanted_id"] == wanted
    assert maya.post(f"wanted-publications/{wanted}/signature/").status_code == 403
    back = gerd.post(f"wanted-publications/{wanted}/refusal/", {"reason": "Ask two more."})
    assert back.status_code == 201, back.content
    again = maya.post(f"jobs/{job.pk}/wanted-publications/").json()["id"]
    signed = gerd.post(f"wanted-publications/{again}/signature/")

    assert (signed.status_code, bool(signed.json()["published_at"])) == (201, True)


def test_rules_are_taken_off_offer(cast: Cast, maya: Machine, machine_of) -> None:
    fin = machine_of(cast.fin)
    body = {"is_offered": False, "from_on": NOW.date().isoformat(), "reason": "Not wanted."}
    said = fin.post("policies/offers/standard/", body)
    assert (said.status_code, said.json()["code"]) == (409, "standard_stays")
    assert maya.post("policies/offers/standard/", body).status_code == 403
    assert fin.post("policies/offers/unheard-of/", body).status_code == 404
    (row,) = maya.get("policies/offers/").json()["items"]
    assert (row["code"], row["is_offered"]) == ("standard", True)


def test_a_bidder_is_heard_and_answered(cast: Cast, maya: Machine, vera: Machine) -> None:
    granted(cast)
    contest, _ = chosen_lately(cast, NOW)
    path = f"jobs/{contest.job.pk}/hearings/"
    assert vera.get(path).json()["may_say"] == [str(cast.vera_co.pk)]
    body = {"provider_id": str(cast.vera_co.pk), "fairness": 4, "text": "Which answer?"}
    heard = vera.post(path, body)
    assert heard.status_code == 201, heard.content
    reply = maya.post(f"hearings/{heard.json()['id']}/reply/", {"text": "The one on the night."})
    assert reply.status_code == 201, reply.content

    (row,) = vera.get(path).json()["hearings"]
    assert (row["fairness"], row["reply"]) == (4, "The one on the night.")


def test_files_of_a_job_are_attached_and_read(cast: Cast, maya: Machine, vera: Machine) -> None:
    granted(cast)
    days = {"closes_at": NOW + 9 * DAY, "questions_until": NOW + 5 * DAY}
    job = a_draft(cast, at=NOW - HOUR, **days)
    made = _send(maya, f"jobs/{job.pk}/files/", "plan.txt", b"The courtyard.")
    assert made.status_code == 201, made.content
    file = made.json()["id"]
    assert vera.get(f"jobs/{job.pk}/files/{file}/").status_code == 404
    assert maya.post(f"jobs/{job.pk}/publication/").status_code == 201

    assert vera.get(f"jobs/{job.pk}/files/{file}/").content == b"The courtyard."
    refused = maya.delete(f"jobs/{job.pk}/files/{file}/")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_published")
    added = _send(maya, f"jobs/{job.pk}/addenda/files/", "cellar.txt", b"Dry.", text="A plan.")
    assert added.status_code == 201, added.content
    rows = vera.get(f"jobs/{job.pk}/files/").json()["items"]
    assert [(one["name"], one["addendum"]) for one in rows] == [
        ("plan.txt", None),
        ("cellar.txt", 1),
    ]


def _send(machine: Machine, path: str, name: str, content: bytes, **words: str) -> Any:
    headers = machine.headers | {"Idempotency-Key": uuid4().hex}
    body = {"file": SimpleUploadedFile(name, content), **words}
    with transaction.atomic():
        return Client().post(f"/api/v1/{path}", body, headers=headers)
