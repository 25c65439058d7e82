"""Money: a whole number of minor units in one currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, Overflow
from functools import total_ordering

from marketplace.refusals import Refusal

# ISO 4217: the currencies whose minor unit is not a hundredth.
EXPONENTS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
LARGEST_MINOR = 2**63 - 1  # what a column holds


class CurrencyMismatch(Refusal):
    """Two amounts in different currencies were put together."""

    code = "currency_mismatch"
    field = "currency"


class NotAnAmount(Refusal):
    """The text is no amount of this currency."""

    code = "not_an_amount"
    field = "amount"


def exponent_of(currency: str) -> int:
    """Return how many decimal digits a currency has (ISO 4217): EUR 2, JPY 0, KWD 3."""
    return EXPONENTS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` is in the currency's smallest unit, `currency` an ISO 4217 code."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        """
        Return the amount that a decimal text in the major unit stands for.

        :raises NotAnAmount: no number, too many decimals for the currency, or out of range.
        """
        exponent = exponent_of(currency)
        try:
            scaled = Decimal(amount).scaleb(exponent)
        except (InvalidOperation, Overflow):
            raise NotAnAmount(f"“{amount}” is not an amount; write it like 1234.50.") from None
        if not scaled.is_finite() or abs(scaled) > LARGEST_MINOR:
            raise NotAnAmount(f"“{amount}” is not an amount that can be booked.")
        if scaled != scaled.to_integral_value():
            raise NotAnAmount(f"{currency} has {exponent} decimals; “{amount}” has more.")
        return cls(int(scaled), currency)

    @property
    def exponent(self) -> int:
        return exponent_of(self.currency)

    @property
    def amount(self) -> Decimal:
        """The amount in the major unit."""
        return Decimal(self.minor).scaleb(-self.exponent)

    def share(self, basis_points: int) -> Money:
        """Return so many hundredths of a percent of this, rounded half up, away from zero."""
        half = 5_000 if self.minor >= 0 else -5_000
        scaled = self.minor * basis_points + half
        # Integer division towards zero: a float would lose units of large amounts.
        return Money(abs(scaled) // 10_000 * (1 if scaled >= 0 else -1), self.currency)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount:,.{self.exponent}f} {self.currency}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other} are in different currencies.")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts that all are in `currency`; of none, zero."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
