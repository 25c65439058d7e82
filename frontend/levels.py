"""The usual words of a criterion's levels: kept once, in English, and read in each language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

USUAL_LEVELS: Mapping[str, str | Promise] = {
    "Not shown at all": _("Not shown at all"),
    "Shown in part, with serious gaps": _("Shown in part, with serious gaps"),
    "Shown for the most part": _("Shown for the most part"),
    "Shown fully": _("Shown fully"),
    "Shown fully, and better than asked": _("Shown fully, and better than asked"),
    "Very dissatisfied": _("Very dissatisfied"),
    "Dissatisfied": _("Dissatisfied"),
    "Neither": _("Neither"),
    "Satisfied": _("Satisfied"),
    "Very satisfied": _("Very satisfied"),
}


def told(words: str) -> str:
    """Return a level in the reader's language; words of somebody's own stay as they are."""
    return str(USUAL_LEVELS.get(words, words))


def as_kept(typed: str) -> str:
    """Return the usual words of a level as they are kept, in whichever language they were read."""
    usual = (kept for kept, shown in USUAL_LEVELS.items() if str(shown) == typed)
    return next(usual, typed)
