"""Money: integer minor units with an ISO 4217 code, formatted for people."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

EXPONENTS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0  # noqa: E501
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip
"""Currencies whose minor unit isn't a hundredth (ISO 4217 list one), with the number of decimals."""


def get_exponent(currency: str) -> int:
    """Number of decimal digits of the currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return EXPONENTS.get(currency.upper(), 2)


def to_major_units(minor: int, currency: str) -> Decimal:
    """Converts to major units, exactly: ``4900, 'EUR'`` → ``Decimal('49.00')``."""
    return Decimal(minor).scaleb(-get_exponent(currency))


def format_money(minor: int, currency: str) -> str:
    """Amount and code for people: ``1250000, 'EUR'`` → ``12,500.00 EUR``; ``1200, 'JPY'`` → ``1,200 JPY``."""
    return f"{to_major_units(minor, currency):,f} {currency}"


def write_money(minor: int, currency: str) -> str:
    """Amount and code for programs, and for words to be compared with: ``12500.00 EUR``."""
    return f"{to_major_units(minor, currency):f} {currency}"


def format_major(amount: int | float, currency: str) -> str:
    """An amount in major units for people, with all the decimals that it has: ``39.9, 'EUR'`` → ``39.90 EUR``."""
    exact = Decimal(str(amount))
    places = max(get_exponent(currency), -int(exact.normalize().as_tuple().exponent))
    return f"{exact:,.{places}f} {currency}"
