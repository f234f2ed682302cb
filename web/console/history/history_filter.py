"""History filter: its forms in the page, the address and the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from core.errors import InvalidInput
from store.history.log import HistoryFilters
from web.console.wall_clock import WallClock


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The filter as the form shows it. Days are on the console's clock, and ``until`` is included."""

    kind: str = ""
    person: str = ""
    contract: str = ""
    outcome: str = ""
    risk: str = ""
    model: str = ""
    prompt: str = ""
    since: str = ""
    until: str = ""
    run: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        given = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return urlencode(given)

    @property
    def is_backwards(self) -> bool:
        """Whether the last day is before the first, so that nothing can fit."""
        return "" < self.until < self.since

    def filters(self, clock: WallClock) -> HistoryFilters:
        since, until = parse_days(clock, self.since, self.until)
        return HistoryFilters(
            kinds=(self.kind,) if self.kind else (),
            run_id=self.run or None,
            person=self.person or None,
            contract=self.contract or None,
            outcome=self.outcome or None,
            risk=self.risk or None,
            model=self.model or None,
            prompt_version=self.prompt or None,
            since=since,
            until=until,
            words=self.q,
        )


async def read_filter(
    kind: Annotated[str, Query(max_length=40)] = "",
    person: Annotated[str, Query(max_length=64)] = "",
    contract: Annotated[str, Query(max_length=128)] = "",
    outcome: Annotated[str, Query(max_length=40)] = "",
    risk: Annotated[str, Query(max_length=20)] = "",
    model: Annotated[str, Query(max_length=200)] = "",
    prompt: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    run: Annotated[str, Query(max_length=64)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> HistoryFilter:
    return HistoryFilter(kind, person, contract.strip(), outcome, risk, model, prompt, since, until, run, q.strip())


def parse_days(clock: WallClock, since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """The start and the end of a range of days, both of which are included. Raises InvalidInput."""
    return _midnight(clock, since, 0), _midnight(clock, until, 1)


def _midnight(clock: WallClock, text: str, later: int) -> datetime | None:
    if not text:
        return None
    try:
        return clock.at_midnight(datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=later))  # noqa: DTZ007
    except (ValueError, OverflowError) as error:
        raise InvalidInput("A day is written as 2026-11-24.") from error
