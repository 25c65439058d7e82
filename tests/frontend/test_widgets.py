"""The controls that have a template of ours say what Django's own would."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from frontend.widgets import OURS, HouseRenderer

PLAIN = [("", "any"), ("a<b>", "Sales & <Service>"), (3, "three")]
GROUPED = [("Teams", [("1", "Events team")]), ("“Vendors”", [("2", "Vera & Co")])]


@pytest.mark.parametrize("choices", [PLAIN, GROUPED, [*PLAIN, *GROUPED], []])
@pytest.mark.parametrize("value", ["", "a<b>", 3, "2", None])
@pytest.mark.parametrize("widget", [forms.Select, forms.NullBooleanSelect])
def test_a_select_is_drawn_as_django_draws_it(widget: Any, value: Any, choices: Any):
    control = widget() if widget is forms.NullBooleanSelect else widget(choices=choices)
    attrs = {"id": "of", "required": True, "disabled": False, "aria-describedby": 'a "hint"'}

    ours = control.render("of", value, attrs, HouseRenderer())
    theirs = control.render("of", value, attrs, DjangoTemplates())

    assert parse_html(ours) == parse_html(theirs)


def test_every_template_of_ours_stands_in_for_one_that_django_asks_for(settings: Any):
    assert settings.FORM_RENDERER.endswith(".HouseRenderer")
    used = {widget.template_name for widget in (forms.Select(), forms.NullBooleanSelect())}
    assert set(OURS) <= used
