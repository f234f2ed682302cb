"""Nearby days: a day without its month ("the 28th") that replaces a record's day is the one nearest to that day.

What opens on 20 December opens "on the 28th instead" in December, whatever month it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from agent.extract.time import dates
from agent.extract.time.date_math import add_months
from agent.pipeline import PromptSource
from agent.planning.proposal import Words
from agent.validate.evidence import find_spans
from agent.validate.records.located import LocatedRecord
from agent.validate.slots import Parameter, Read
from core.clock import format_day
from language.text import read_text
from registry.contract import Contract

_MONTHS: Final = (-1, 0, 1)


def find_day_nearby(
    contract: Contract,
    parameter: Parameter,
    quote: Words | None,
    records: Mapping[str, tuple[LocatedRecord, ...]],
    today: date,
) -> Read | None:
    """The day of the record's month or a month beside it, if the words have only a day's number. None if they have
    more, or if the parameter replaces no day of the record, or for a day that has passed."""
    spans = find_spans(quote)
    if parameter.schema.get("format") != "date" or not spans:
        return None
    found = dates.find(read_text(spans[0].text), today)
    now = _find_present_day(contract, parameter.name, records)
    if len(found) != 1 or not found[0].bare or now is None:
        return None
    months = (add_months(now.replace(day=1), each) for each in _MONTHS)
    days = [day for each in months if (day := _set_day(each, found[0].day.day)) is not None and day >= today]
    if not days:
        return None
    nearest = min(days, key=lambda each: abs((each - now).days))
    how = f"{spans[0].text} → {format_day(nearest)}, nearest to {format_day(now)}"
    return Read(nearest.isoformat(), format_day(nearest), PromptSource(spans=spans, reading=how))


def _find_present_day(contract: Contract, name: str, records: Mapping[str, tuple[LocatedRecord, ...]]) -> date | None:
    """The day of the record that the parameter replaces: the declared one, or the field of the same name."""
    held = contract.annotation(name).replaces
    for parameter, found in records.items():
        field = held.field if held is not None else name
        if len(found) == 1 and (held is None or held.parameter == parameter):
            try:
                return date.fromisoformat(str(found[0].record.values.get(field))[:10])
            except ValueError:
                continue
    return None


def _set_day(month: date, day: int) -> date | None:
    try:
        return month.replace(day=day)
    except ValueError:
        return None  # 31 June
