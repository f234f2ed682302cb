"""Which action an order means: one that makes something new, one that sends a text, and what a number counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit import pottery
from tests.unit.marina import ask, define, list_rows, offer, refer

_ID: Final = {"type": "integer"}
_DAY: Final = {"type": "string", "format": "date"}
_TEXT: Final = {"type": "string", "maxLength": 200}
_GRADE: Final = {"type": "string", "enum": ["novice", "skilled", "master"]}


def make_world(contracts: Sequence[Any], kinds: Sequence[Any] = (), records: Any = None) -> FrozenWorld:
    return FrozenWorld(
        {
            "contracts": contracts,
            "kinds": kinds or pottery._KINDS,
            "records": records or pottery._RECORDS,
        }
    )


async def read_calls(there: FrozenWorld, text: str) -> list[tuple[str, dict[str, Any]]]:
    verdict = (await ask(there, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in verdict.steps]


MOVE: Final = offer("move_session", "Move a session", "Put a session on another day.", {
    "session_id": _ID, "day": _DAY}, {"session_id": refer("session", status=["booked"]), "day": {
        "replaces": {"parameter": "session_id", "field": "day"}}})  # fmt: skip
PLAN: Final = offer("plan_session", "Plan a session", "Put a new session on the calendar.", {
    "grade": _GRADE, "day": _DAY}, {"grade": {}, "day": {}})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("move the novice session to Friday", ("move_session", {"session_id": 304, "day": "2026-11-27"})),
        ("move the skilled session to Monday", ("move_session", {"session_id": 302, "day": "2026-11-30"})),
        ("plan a master session on Friday", ("plan_session", {"grade": "master", "day": "2026-11-27"})),
        ("new master session on Friday", ("plan_session", {"grade": "master", "day": "2026-11-27"})),
    ],
)
async def test_what_another_action_moves_is_not_made_anew(text: str, call: tuple[str, dict[str, Any]]) -> None:
    grade = {"name": "grade", "type": "enum", "values": _GRADE["enum"]}
    kinds = [
        {**each, "fields": [*each["fields"], grade]} if each["name"] == "session" else each for each in pottery._KINDS
    ]
    graded = zip(pottery._RECORDS["session"], ("novice", "skilled", "master", "novice"), strict=True)
    records = {**pottery._RECORDS, "session": [{**each, "grade": held} for each, held in graded]}
    assert await read_calls(make_world([MOVE, PLAN], kinds, records), text) == [call]


JOT: Final = offer("jot", "Jot something down", "Keep a remark with a maker.", {"maker_id": _ID, "remark": _TEXT}, {
    "maker_id": refer("maker"), "remark": {"compose": True}})  # fmt: skip
SEND: Final = offer("text", "Text a maker", "Send a maker a text message.", {"maker_id": _ID, "message": _TEXT}, {
    "maker_id": refer("maker"), "message": {"compose": True}})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("tell Nia Hill the kiln is cold", ("text", {"maker_id": 3, "message": "the kiln is cold"})),
        ("let Nia Hill know that we are closed", ("text", {"maker_id": 3, "message": "we are closed"})),
        ("jot for Nia Hill: likes red", ("jot", {"maker_id": 3, "remark": "likes red"})),
    ],
)
async def test_what_somebody_is_told_is_sent_and_no_remark(text: str, call: tuple[str, dict[str, Any]]) -> None:
    assert await read_calls(make_world([JOT, SEND]), text) == [call]


async def test_what_is_to_be_sent_another_way_is_kept_as_no_remark() -> None:
    verdict = (await ask(make_world([JOT, SEND]), "email Nia Hill the glaze list")).verdict
    assert isinstance(verdict, Question)
    assert "Text a maker" in verdict.text


BUY: Final = offer("buy", "Buy tea", "Order more of a tea.", {"tea_id": _ID, "count": {"type": "integer"}}, {
    "tea_id": refer("tea"), "count": {"unit": "count"}}, aliases=["restock", "order"])  # fmt: skip
TEAS: Final = define("tea", ["tea", "teas", "order"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
    {"name": "unit", "type": "enum", "values": ["tin", "bag"]}], label="{name}")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tea", "count"),
    [
        ("restock green leaf, 12 tins", 1, 12),
        ("buy 3 tins of black leaf", 2, 3),
        ("restock mint, 5 bags", 3, 5),
        ("order 4 bags of mint", 3, 4),
    ],
)
async def test_what_things_come_in_is_no_further_record(text: str, tea: int, count: int) -> None:
    there = make_world([BUY], [TEAS], {"tea": list_rows(
        "id name unit", (1, "Green Leaf", "tin"), (2, "Black Leaf", "tin"), (3, "Mint", "bag"))})  # fmt: skip
    assert await read_calls(there, text) == [("buy", {"tea_id": tea, "count": count})]
