"""A record that is told by whose it is and what it is, where its own fields hold both: "Nora's candles"."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan

_FIELDS = [
    {"name": "id", "type": "id", "search": "number"}, {"name": "buyer", "search": "name"},
    {"name": "thing", "search": "text"}, {"name": "state", "type": "enum", "values": ["made", "sent"]},
]  # fmt: skip
SALES = list_rows("id buyer thing state", (41, "Nora Feld", "Beeswax candle", "made"),
    (42, "Nora Feld", "Soap", "made"), (43, "Jan Ott", "Beeswax candle", "sent"),
    (44, "Rolf Ott", "Tea towel", "made"), (45, "Rolf Ott", "Tea towel", "made"),
    (46, "Jan Ott", "Felt mouse", "made"))  # fmt: skip
_MUGS = list_rows("id buyer thing state", *((number, f"Buyer {number}", "Mug", "made") for number in range(100, 260)))


def make_stall(*more: dict[str, Any]) -> FrozenWorld:
    number = {"type": "integer", "minimum": 1}
    send = offer("send_sale", "Send a sale", "Post a sale.", {"sale_id": number}, {"sale_id": refer("sale")})
    kind = define("sale", ["sale", "sales"], _FIELDS, label="sale {id}: {thing}")
    return FrozenWorld({"contracts": [send], "kinds": [kind], "records": {"sale": [*SALES, *more]}})


async def send(said: str, stall: FrozenWorld, pick: str = "one") -> Verdict:
    """What a model's plan comes to that names the sale by these words."""
    request = Request(text=f"send {said}", now=NOW)
    answer = {
        "understood": "",
        "result": plan({"action": "send_sale", "sale_id": find("sale", said, pick=pick)}),
        "rest": [],
    }
    task = Task(request, OWNER, stall.context(stall.provider({})), "run_00000000000000000000000001")
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


@pytest.mark.parametrize("stall", [make_stall(), make_stall(*_MUGS)], ids=["few", "more than a look-up reads"])
@pytest.mark.parametrize(("said", "sale"), [("Nora candles", 41), ("Nora Feld soap", 42), ("Jan candle", 43)])
async def test_the_one_that_holds_the_name_and_the_thing_is_meant(said: str, sale: int, stall: FrozenWorld) -> None:
    made = await send(said, stall)
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == sale


@pytest.mark.parametrize("said", ["Rolf towel", "Rolf candle", "Nora mug"])
async def test_several_or_none_are_asked_about(said: str) -> None:
    assert isinstance(await send(said, make_stall()), Question)


@pytest.mark.parametrize(("said", "sales"), [("felt mice", [46]), ("tea towels", [44, 45])])
async def test_several_are_found_by_what_one_of_them_is_called(said: str, sales: list[int]) -> None:
    made = await send(said, make_stall(), pick="all")
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == sales
