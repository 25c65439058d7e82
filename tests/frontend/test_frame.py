"""The frame of every page: theme, language, headers, and the pages that say no."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from frontend.forms import MoneyField, PageForm, problems_of
from frontend.rendering import declined, only_known, page, refused
from frontend.static_bundle import SOURCES, joined_script, joined_stylesheet
from marketplace.refusals import Forbidden, Refusal, Unknown
from tests.cast import Cast
from tests.frontend.conftest import SignIn

pytestmark = pytest.mark.django_db
HELP = ["help", "help_reports", "help_keyboard", "help_accessibility", "help_components"]
OPEN_TO_ALL = [*HELP, "account_login"]


@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_anybody_may_read_the_help_and_sign_in(client: Client, name: str) -> None:
    answer = client.get(reverse(name))

    assert answer.status_code == 200
    assert "<c-" not in answer.content.decode()


def test_home_asks_a_stranger_to_sign_in(client: Client) -> None:
    answer = client.get("/")

    assert answer["Location"] == "/accounts/sign-in/?next=/"


def test_a_page_whose_session_ended_is_told_so_and_gets_no_sign_in_put_into_it(
    client: Client,
) -> None:
    asks = {"HX-Request": "true"}

    read = client.get(reverse("choices"), {"contests": "yes"}, headers=asks)
    saved = client.post(reverse("job-new"), {"title": "Summer party"}, headers=asks)

    assert (read.status_code, read.content) == (401, b"")
    assert saved.status_code == 200
    assert "Not saved: you are signed out." in saved.content.decode()
    assert "password" not in saved.content.decode()
    assert client.post(reverse("job-new")).status_code == 302


def test_nothing_is_written_into_a_page_that_the_content_policy_would_refuse(
    client: Client,
) -> None:
    html = client.get(reverse("help_components")).content.decode()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_a_theme_is_kept_without_javascript(client: Client) -> None:
    back = client.post(reverse("appearance"), {"theme": "dark", "back": "/help/"})

    assert back["Location"] == "/help/"
    assert 'data-theme="dark"' in client.get("/help/").content.decode()


def test_the_system_decides_again_when_the_theme_is_given_back(client: Client) -> None:
    client.post(reverse("appearance"), {"theme": "dark", "back": "/help/"})
    client.post(reverse("appearance"), {"theme": "", "back": "/help/"})

    assert "data-theme=" not in client.get("/help/").content.decode()


def test_a_language_is_kept(client: Client) -> None:
    client.post(reverse("appearance"), {"language": "de", "back": "/help/"})

    assert '<html lang="de"' in client.get("/help/").content.decode()


def test_single_keys_can_be_turned_off(client: Client) -> None:
    client.post(reverse("appearance"), {"keys": "off", "back": "/help/"})

    assert 'data-keys="off"' in client.get("/help/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_a_switch_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    answer = client.post(reverse("appearance"), {"theme": "light", "back": elsewhere})

    assert answer["Location"] == "/"


def test_a_place_is_shown_to_those_who_need_it(cast: Cast, as_person: SignIn) -> None:
    def places(person: object) -> list[str]:
        html = as_person(person).get("/jobs/").content.decode()  # type: ignore[arg-type]
        return re.findall(r'data-key="g (\w)"', html)

    assert {"h", "j"} <= set(places(cast.maya))
    assert "h" in places(cast.vera)
    assert "s" not in places(cast.vera)  # a vendor has no department's statement
    assert "m" in places(cast.vera)  # but its own account
    assert "m" not in places(cast.pia)


def test_who_may_post_a_job_finds_it_in_the_palette_of_every_page(
    cast: Cast, as_person: SignIn
) -> None:
    words = f'<a href="{reverse("job-new")}" data-key="c">Post a job</a>'

    assert words in as_person(cast.rolf).get(reverse("help")).content.decode()
    assert words not in as_person(cast.vera).get(reverse("help")).content.decode()


def test_a_job_that_is_not_mine_answers_like_one_that_is_not_there(
    cast: Cast, as_person: SignIn
) -> None:
    from tests.builders import a_draft

    draft = a_draft(cast)
    vera = as_person(cast.vera)

    foreign = vera.get(reverse("job", args=[draft.pk]))
    missing = vera.get(reverse("job", args=[cast.vera.pk]))

    assert foreign.status_code == missing.status_code == 404
    assert _without_chance(foreign) == _without_chance(missing)


def test_an_unknown_parameter_is_not_passed_over_in_silence(cast: Cast, as_person: SignIn) -> None:
    assert as_person(cast.maya).get("/jobs/?bids__amount__gt=5").status_code == 400


def test_only_known_parameters_are_read(rf: RequestFactory) -> None:
    only_known(rf.get("/?q=a"), "q")
    with pytest.raises(BadRequest):
        only_known(rf.get("/?q=a&p=b"), "q")


class NotToday(Refusal):
    code = "not_today"


class TooMuch(Refusal):
    code = "too_much"
    field = "amount"


class AmountForm(PageForm):
    amount = MoneyField()


@pytest.fixture
def asked(rf: RequestFactory) -> Iterator[HttpRequest]:
    request = rf.post("/")
    request.user = None  # type: ignore[assignment]
    return request


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Unknown("x"), 404), (Forbidden("Only the lead."), 403), (NotToday("Not today."), 409)],
)
def test_a_refusal_without_a_form_has_a_page_of_its_own(
    asked: HttpRequest, refusal: Refusal, status: int
) -> None:
    answer = declined(asked, refusal)

    assert answer.status_code == status
    assert ("Only the lead." in answer.content.decode()) == isinstance(refusal, Forbidden)


def test_a_refusal_stands_beside_its_field_and_what_was_typed_is_kept(asked: HttpRequest) -> None:
    form = AmountForm({"amount": "1,000.00"})
    assert form.is_valid()

    answer = _refused(asked, form, TooMuch("At most EUR 900.00."))

    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count("At most EUR 900.00.") == 2  # on top, and at the field
    assert 'href="#id_amount"' in html
    assert 'value="1,000.00"' in html
    assert "<title>Error:" in html


class WeightForm(PageForm):
    weight = forms.IntegerField(min_value=1, label="Weight of past ratings")


@pytest.mark.parametrize("typed", ["0", "many"])
def test_on_top_the_words_of_any_field_name_the_one_they_are_about(typed: str) -> None:
    (problem,) = problems_of(WeightForm({"weight": typed}))

    assert problem.anchor == "id_weight"
    assert problem.text.startswith("Weight of past ratings: E")


def test_a_refusal_about_no_field_stands_on_top(asked: HttpRequest) -> None:
    form = AmountForm({"amount": "1"})

    answer = _refused(asked, form, NotToday("Come back tomorrow."))

    assert answer.status_code == 409
    assert "Come back tomorrow." in answer.content.decode()


def test_a_form_of_the_wrong_shape_is_a_422(asked: HttpRequest) -> None:
    act = {"title": "T", "button": "B", "back": "/", "trail": "x"}
    answer = page(
        asked, "frontend/pages/act.html", {"form": AmountForm({"amount": ""}), "act": act}
    )

    assert answer.status_code == 422
    assert "“Amount” is missing." in answer.content.decode()


def test_every_stylesheet_is_in_the_joined_one_in_the_order_of_its_layers() -> None:
    joined = joined_stylesheet()

    assert joined.startswith("@layer reset, tokens, base, layout, components, utilities;")
    parts = [path for path in (SOURCES / "css").rglob("*.css") if path.name != "app.css"]
    assert joined.count("@layer ") == 1 + len(parts), "a stylesheet is not named in app.css"
    assert joined.count("{") == joined.count("}")
    assert len(joined_script()) > 500


def _refused(request: HttpRequest, form: PageForm, refusal: Refusal) -> HttpResponse:
    act = {"title": "T", "button": "B", "back": "/", "trail": "x"}
    context = {"form": form, "act": act}
    return refused(request, "frontend/pages/act.html", context, refusal=refusal)


def _without_chance(answer: HttpResponse) -> str:
    html = answer.content.decode()
    html = re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", html)
    return re.sub(r'name="back" value="[^"]*"', "", html)
