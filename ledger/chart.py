"""Which account a fact belongs to. Codes stand in the chapter's README, with worked examples."""

from marketplace.models.providers import Provider

BANK = "1100"
STRIPE_BALANCE = "1150"
IN_TRANSIT = "1160"
CURRENCY_CLEARING = "1190"
VENDOR_RECEIVABLE = "1300"
RECOVERABLE_TAX = "1400"
VENDOR_PAYABLE = "2100"
RETENTION = "2110"
PAYOUT_IN_PROCESS = "2120"
DISPUTE_HOLD = "2150"
ACCRUALS = "2200"
NET_POSITION = "3000"
PROVIDER_RECOVERY = "4100"
RECOVERY_DEFERRED = "4190"
FEE_RECOVERY = "4200"
CHARGE_IN_HOUSE = "5100"
CHARGE_VENDOR = "5200"
MARKETPLACE_FEE = "5300"
PAYMENT_FEES = "5400"
CURRENCY_DIFFERENCES = "5500"
CENTRAL_SUBSIDY = "5600"
OVERRIDE_DIFFERENCE = "5700"
OUTSIDE_SPEND = "5800"
BUDGET = "B100"
BUDGET_CONTROL = "B900"
PRECOMMITMENT = "E100"
COMMITMENT = "E110"
COMMITMENT_RESERVE = "E900"
PRECOMMITMENT_RESERVE = "E910"

# What a department sees on its statement: everything that is charged to it.
SPEND = (
    *(CHARGE_IN_HOUSE, CHARGE_VENDOR, MARKETPLACE_FEE),
    *(CURRENCY_DIFFERENCES, OVERRIDE_DIFFERENCE, OUTSIDE_SPEND),
)


# Book M, which shows what nobody is charged: what stands there instead of an account of book A.
SHOWN = {
    code: f"M{code}" for code in ("4100", "4200", "5100", "5200", "5300", "5600", "5700", "5800")
}
SHOWN_VENDOR_PAYABLE = "M2100"
SHOWN_SPEND = tuple(SHOWN[code] for code in SPEND if code in SHOWN)


def charge_account(provider: Provider) -> str:
    """Return where the department's cost of this provider's work stands."""
    return CHARGE_IN_HOUSE if provider.is_in_house else CHARGE_VENDOR


def earning_account(provider: Provider) -> str:
    """Return where a team's recovery, or what a vendor is owed, stands."""
    return PROVIDER_RECOVERY if provider.is_in_house else VENDOR_PAYABLE
