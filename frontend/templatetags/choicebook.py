"""Tags and filters that write figures and moments the one way this house writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from frontend import formats, wording
from frontend.formats import Amount
from frontend.forms import MoneyField, Problem, problems_of
from marketplace import saying

if TYPE_CHECKING:
    from bids.content import PriceLine

register = template.Library()


@register.filter
def money(amount: Amount | None) -> SafeString | str:
    """Write an amount with its ISO code, the code in the second voice; nothing for none."""
    if amount is None:
        return ""
    code, figures = amount.currency, formats.digits(amount)
    if formats.code_follows():
        behind = '{}{}<span class="amount__code">{}</span>'
        return format_html(behind, figures, formats.NO_BREAK, code)
    return format_html('<span class="amount__code">{}</span>{}{}', code, formats.NO_BREAK, figures)


@register.filter
def money_to(low: Amount, high: Amount) -> SafeString | str:
    """Write a band of amounts with its ISO code once, where the reader looks for it."""
    if low == high:
        return money(high)
    both = '<span class="nowrap">{} –</span> <span class="nowrap">{}</span>'
    if formats.code_follows():
        return format_html(both, formats.digits(low), money(high))
    return format_html(both, money(low), formats.digits(high))


@register.filter
def money_text(amount: Amount | None) -> str:
    """Write an amount with its ISO code where no markup may stand: a title, a sentence."""
    return "" if amount is None else formats.money(amount)


@register.filter
def digits(amount: Amount | None) -> str:
    """Write the digits alone, for a column whose head names the currency."""
    return "" if amount is None else formats.digits(amount)


@register.filter
def line_words(line: PriceLine) -> str:
    """Write what a line of a price is for; the share of overhead is worked out and said by us."""
    share = re.fullmatch(r"([\d.]+) % of labour", line.text)
    if line.kind != "overhead" or share is None:
        return line.text
    return _("%(share)s of labour") % {"share": weight(round(Decimal(share[1]) * 100))}


@register.filter
def signed(amount: Amount | None) -> str:
    """Write a difference: the digits with a plus or a true minus in front."""
    if amount is None:
        return ""
    text = formats.digits(amount)
    return text if text.startswith(formats.MINUS) else f"+{text}"


@register.filter
def signed_text(amount: Amount | None) -> str:
    """Write a difference with its ISO code, where no markup may stand."""
    return "" if amount is None else formats.signed_money(amount)


@register.filter
def figure(value: Decimal | float | None, places: int = 0) -> str:
    """Write a plain number in the reader's digits."""
    return "" if value is None else formats.number(value, places=places)


@register.filter
def in_full(value: Decimal | None) -> str:
    """Write a plain number with all of its decimals, two at least."""
    if value is None:
        return ""
    exponent = value.normalize().as_tuple().exponent
    return formats.number(value, places=max(2, -int(exponent)))


@register.filter
def weight(basis_points: int) -> str:
    """Write hundredths of a percent as a percentage: 1200 is `12 %`."""
    value = Decimal(basis_points) / 100
    places = 0 if value == value.to_integral_value() else 2
    return f"{formats.number(value, places=places)}{formats.NO_BREAK}%"


@register.filter
def of(part: int, whole: int) -> str:
    """Write a share as people count it: `17 of 18`."""
    return formats.fraction(part, whole)


@register.filter
def duration(length: timedelta | None) -> str:
    """Write how long something is, in the one unit that fits."""
    return "" if length is None else formats.span(length)


@register.filter
def day(on: date | datetime | None) -> SafeString | str:
    """Write a date with weekday and year."""
    if on is None:
        return ""
    local = _local_day(on)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), formats.day(local))


@register.filter
def day_text(on: date | datetime) -> str:
    """Write the same where no element can stand: in the name of a table."""
    return formats.day(_local_day(on))


@register.filter
def month(on: date | datetime) -> str:
    """Write the name of a month."""
    return formats.month(_local_day(on))


@register.filter
def book_month(period: int | str) -> str:
    """Write the name of a month of the books: of 202611, or of 2026-11, `November 2026`."""
    return capfirst(formats.book_month(int(str(period).replace("-", ""))))


@register.filter
def at(moment: datetime | None, now: datetime) -> SafeString | str:
    """
    Write a moment in a list: `Thu 3 Dec, 17:00`, with its year where that is not this one. The
    tag `moment` writes it in full.
    """
    if moment is None:
        return ""
    return _time(moment, formats.moment_short(moment, now=now))


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, how: str = "full") -> SafeString | str:
    """
    Write a moment as `<time>`: absolute with its zone, and how far it is from now.

    `how` is `full` (both), `deadline` (both, the relative one first), `exact` (with seconds,
    alone), `absolute` or `relative` (one of them), or `late` (how long it is over).
    """
    if at is None:
        return ""
    now = context["request"].received_at
    told = formats.relative(at, now=now)
    if how == "late":
        return _time(at, formats.late(at, now=now))
    if how == "relative":
        return _time(at, told)
    if how in ("absolute", "exact"):
        return _time(at, formats.moment(at, seconds=how == "exact"))
    if how == "deadline":
        return _both(_time(at, told), formats.moment(at))
    return _both(_time(at, formats.moment(at)), told)


@register.filter
def zone(at: datetime) -> str:
    """Write the name of the reader's zone at a moment."""
    return formats.zone(at)


@register.filter
def word(code: Any, table: str) -> str:
    """Write the word for a code: `{{ row.state|word:"states" }}`."""
    return wording.word(table, code)


@register.filter
def said(text: Any) -> str:
    """Say in the reader's language what the domain says in English: `{{ item.then|said }}`."""
    return saying.said(str(text or ""))


@register.filter(is_safe=True)
def as_file(address: Any, kind: str) -> str:
    """Return the address of the same list as another kind of file."""
    return str(address).replace(".csv", f".{kind}", 1)


@register.filter
def is_quiet(state: Any) -> bool:
    """Return whether a job in this state asks nothing of anybody."""
    return str(state) in wording.QUIET_STATES


@register.filter
def level(quarters: int) -> str:
    """Write a score as people say it: 0, ¼, ½, ¾ or 1."""
    return wording.LEVELS[quarters]


@register.filter
def best_first(levels: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words of a criterion's levels with their marks, 1 first and 0 last."""
    return list(zip(wording.LEVELS, levels, strict=True))[::-1]


@register.filter
def hexadecimal(digest: bytes) -> str:
    """Write a fingerprint in groups of four, as people compare it."""
    return digest.hex(" ", 2)


@register.simple_tag
def tally(part: int, whole: int) -> SafeString:
    """Write a share as `17 of 18`, the first figure strong."""
    text = formats.fraction(part, whole)
    head, _, tail = text.partition(" ")
    return format_html('<span class="tally"><b>{}</b> <span>{}</span></span>', head, tail)


@register.filter
def problems(form: Any) -> list[Problem]:
    """Return what is wrong with a form, each line with the field it leads to."""
    if form is None:
        return []
    told: list[Problem] = problems_of(form) if isinstance(form, BaseForm) else form.problems()
    return told


@register.filter
def geometry(value: float) -> str:
    """Write a coordinate for a drawing, in the digits of SVG whatever the reader's language."""
    return f"{value:g}"


@register.filter
def kind(field: BoundField) -> str:
    """Return which control a field is: input, textarea, select, radio, checkboxes, check."""
    names = {
        "Textarea": "textarea",
        "Select": "select",
        "RadioSelect": "radio",
        "CheckboxSelectMultiple": "checkboxes",
        "CheckboxInput": "check",
    }
    for base in type(field.field.widget).__mro__:
        if base.__name__ in names:
            return names[base.__name__]
    return "input"


@register.filter
def field_named(form: BaseForm, name: str) -> BoundField:
    """Return a field of a form whose names are counted, not written."""
    return form[name]


@register.filter
def is_amount(field: BoundField) -> bool:
    """Return whether a field takes an amount of money."""
    return isinstance(field.field, MoneyField)


@register.simple_tag
def control(field: BoundField, css: str = "", **attributes: Any) -> SafeString:
    """Write the control of a field; Django ties it to its hint and to what is wrong with it."""
    classes = ["input", css, field.field.widget.attrs.get("class", "")]
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return field.as_widget(attrs={**named, "class": " ".join(filter(None, classes))})


def _time(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(at).isoformat(), text)


def _both(first: SafeString, second: str) -> SafeString:
    """Join two with a comma that goes where a list of facts puts the second on its own line."""
    return format_html('{}<span class="facts__comma">, </span>{}', first, _second(second))


def _second(text: str) -> SafeString:
    return format_html('<small class="soft">{}</small>', text)


def _local_day(on: date | datetime) -> date:
    return timezone.localtime(on).date() if isinstance(on, datetime) else on
