"""What the rules of the house ask of a job, in one plain line each."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend import formats
from marketplace.money import Money
from marketplace.offering import OfferedPolicy


def asks_of(policy: OfferedPolicy, *, currency: str) -> tuple[str, list[str]]:
    """Return the name of rules, and what they ask; amounts are in the department's currency."""
    asks = policy.asks
    if asks is None:
        return policy.code, []
    days, limit = asks.minimum_days, asks.formal_above_minor
    said = []
    if days:
        told = ngettext(
            "Bidders have at least one day.", "Bidders have at least %(days)s days.", days
        )
        said.append(told % {"days": days})
    if asks.needs_team_and_vendor:
        said.append(_("A team and a vendor are invited, or you say why not."))
    if limit is not None:
        amount = formats.money(Money(limit, currency))
        said.append(
            _("Above a ceiling of %(amount)s the procedure is formal.") % {"amount": amount}
        )
    if asks.fee_basis_points:
        share = formats.number(
            asks.fee_basis_points / 100, places=2 if asks.fee_basis_points % 100 else 0
        )
        said.append(_("The marketplace’s fee is %(share)s %% of the price.") % {"share": share})
    told = ngettext(
        "Work handed over counts as accepted after a day of silence.",
        "Work handed over counts as accepted after %(days)s days of silence.",
        asks.acceptance_days,
    )
    said.append(told % {"days": asks.acceptance_days})
    return policy.code, said
