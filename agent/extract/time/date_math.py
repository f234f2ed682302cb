"""Arithmetic of days: months of unequal length, weeks that begin on Monday, the bounds of periods."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def is_valid_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shift(day: date, count: int, unit: str) -> date:
    if unit in {"day", "week", "fortnight"}:
        return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    return add_months(day, count * (12 if unit == "year" else 1))


def find_bounds(unit: str, around: date) -> tuple[date, date]:
    """The first and last day of the week, month, quarter or year around a day."""
    if unit == "week":
        first = around - timedelta(days=around.weekday())
        return first, first + timedelta(days=6)
    if unit == "weekend":
        first = (
            around + timedelta(days=5 - around.weekday())
            if around.weekday() < 5
            else around - timedelta(days=around.weekday() - 5)
        )
        return first, first + timedelta(days=1)
    if unit == "quarter":
        first = date(around.year, 3 * ((around.month - 1) // 3) + 1, 1)
        return first, add_months(first, 3) - timedelta(days=1)
    if unit == "year":
        return date(around.year, 1, 1), date(around.year, 12, 31)
    if unit == "day":
        return around, around
    return around.replace(day=1), around.replace(day=calendar.monthrange(around.year, around.month)[1])


def move(unit: str, way: int, today: date) -> date:
    if unit in {"week", "weekend"}:
        return today + timedelta(days=7 * way)
    if unit == "day":
        return today + timedelta(days=way)
    return add_months(today.replace(day=1), way * {"month": 1, "quarter": 3, "year": 12}[unit])


def find_weekday(number: int, word: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if word == "next":
        return monday + timedelta(days=7 + number)
    if word in {"last", "past", "previous"}:
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return today + timedelta(
        days=(number - today.weekday() - 1) % 7 + 1 if word != "this" else (number - today.weekday()) % 7
    )
