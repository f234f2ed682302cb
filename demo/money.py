"""Money of the demo platform: minor units and how they are written. The platform has its own table, as any stranger
would."""

from __future__ import annotations

from decimal import Decimal


def find_exponent(currency: str) -> int:
    return 0 if currency == "JPY" else 2


def format_money(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-find_exponent(currency)):f} {currency}"
