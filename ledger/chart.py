"""Which account a fact belongs to. Codes stand in the chapter's README, with worked examples."""

from marketplace.models.providers import Provider

RECOVERABLE_TAX = "1400"
VENDOR_PAYABLE = "2100"
DISPUTE_HOLD = "2150"
PROVIDER_RECOVERY = "4100"
FEE_RECOVERY = "4200"
CHARGE_IN_HOUSE = "5100"
CHARGE_VENDOR = "5200"
MARKETPLACE_FEE = "5300"
BUDGET = "B100"
BUDGET_CONTROL = "B900"
PRECOMMITMENT = "E100"
COMMITMENT = "E110"
COMMITMENT_RESERVE = "E900"
PRECOMMITMENT_RESERVE = "E910"

# What a department sees on its statement: everything that is charged to it.
SPEND = (CHARGE_IN_HOUSE, CHARGE_VENDOR, MARKETPLACE_FEE, "5700", "5800")


def charge_account(provider: Provider) -> str:
    """Return where the department's cost of this provider's work stands."""
    return CHARGE_IN_HOUSE if provider.is_in_house else CHARGE_VENDOR


def earning_account(provider: Provider) -> str:
    """Return where a team's recovery, or what a vendor is owed, stands."""
    return PROVIDER_RECOVERY if provider.is_in_house else VENDOR_PAYABLE
