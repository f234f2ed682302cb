"""Money of the demo platform: minor units and how they are written. The platform has its own table, as any stranger
would."""

from __future__ import annotations

from decimal import Decimal


def exponent(currency: str) -> int:
    return 0 if currency == "JPY" else 2


def text(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-exponent(currency)):f} {currency}"
