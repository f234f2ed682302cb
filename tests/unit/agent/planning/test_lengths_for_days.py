"""Lengths of time where a last day or months are wanted, and what is asked for where nothing but names is said."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer

_NUMBER: Final = {"type": "integer", "minimum": 1}
_DAY: Final = {"type": "string", "format": "date"}
_NAMED: Final = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}]
HARBOUR: Final = FrozenWorld(
    {
        "contracts": [
            offer("lend_boat", "Lend a boat", "Give a boat to a rower until a day.", {
                "boat_id": _NUMBER, "rower_id": _NUMBER, "until": _DAY}, {
                "boat_id": {"record": "boat"}, "rower_id": {"record": "rower"}, "until": {}}, aliases=["hand out"]),
            offer("renew_card", "Renew a rower's card", "Let a card run on.", {
                "rower_id": _NUMBER, "months": _NUMBER}, {"rower_id": {"record": "rower"}, "months": {"unit": "count"}},
                aliases=["prolong"]),
        ],
        "kinds": [
            define("boat", ["boat", "boats"], _NAMED, label="{name}"),
            define("rower", ["rower", "rowers"], _NAMED, label="{name}"),
        ],
        "records": {
            "boat": list_rows("id name", (1, "Kittiwake"), (2, "Dunlin")),
            "rower": list_rows("id name", (11, "Hedda Moe"), (12, "Lars Vik")),
        },
    }
)  # fmt: skip


async def _plan(text: str) -> tuple[dict[str, Any], bool]:
    verdict = (await ask(HARBOUR, text)).verdict
    assert isinstance(verdict, Plan), verdict
    (step,) = verdict.steps
    return {each.param: each.value for each in step.filled}, bool(verdict.held)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("lend Hedda the Kittiwake for ten days", "2026-12-04"),
        ("lend Hedda the Kittiwake for a month", "2026-12-24"),
        ("let Hedda have the Kittiwake for two weeks", "2026-12-08"),
    ],
)
async def test_what_lasts_so_long_from_today_ends_then_and_waits(text: str, until: str) -> None:
    assert await _plan(text) == ({"boat_id": 1, "rower_id": 11, "until": until}, True)


async def test_what_begins_another_day_does_not_end_so_long_from_today() -> None:
    assert isinstance((await ask(HARBOUR, "lend Hedda the Kittiwake for two weeks from Monday")).verdict, Question)


@pytest.mark.parametrize(("text", "months"), [("renew Lars by a year", 12), ("prolong Lars for another 2 years", 24)])
async def test_years_are_so_many_months(text: str, months: int) -> None:
    assert (await _plan(text))[0] == {"rower_id": 12, "months": months}


async def test_two_names_ask_for_what_their_one_action_lacks() -> None:
    verdict = (await ask(HARBOUR, "Dunlin to Lars Vik")).verdict
    assert isinstance(verdict, Question)
    assert (verdict.code, verdict.param) == ("missing", "until")
