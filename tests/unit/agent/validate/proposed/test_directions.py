"""A verb with a direction ("extend", "lower") isn't done the other way."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from tests.unit import museum
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan


@pytest.mark.parametrize(
    ("said", "than"),
    [
        ("extend loan 4301 to 1 december", "earlier"),
        ("reduce the seats of Glass Bells to 40", "more"),
        ("extend loan 4301 by a week less", "earlier"),
    ],
)
async def test_the_other_way_is_asked_about(said: str, than: str) -> None:
    asked = (await ask(museum.MUSEUM, said)).verdict
    assert isinstance(asked, Question), asked
    assert f"is {than}. What should it be?" in asked.text


@pytest.mark.parametrize(
    "said",
    [
        "extend loan 4301 to 1 march 2027",
        "reduce the seats of Glass Bells to 20",
        "change the seats of Glass Bells to 20",
        "extend loan 4301 by a week",
    ],
)
async def test_its_own_way_is_done(said: str) -> None:
    made = (await ask(museum.MUSEUM, said)).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(("seats", "done"), [(20, False), (40, True)])
async def test_a_model_that_raises_to_less_is_asked(seats: int, done: bool) -> None:
    text = f"increase the seats of Glass Bells to {seats}"
    call = {"action": "set_seats", "exhibit_id": find("exhibit", "Glass Bells")}
    answer = {"understood": "", "result": plan({**call, "seats": {"number": seats, "quote": str(seats)}}), "rest": []}
    task = Task(
        Request(text=text, now=NOW), OWNER, museum.MUSEUM.context(museum.MUSEUM.provider({})), "run_" + "0" * 26
    )
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan if done else Question), made


@pytest.mark.parametrize(
    ("text", "op", "unit", "quote", "done"),
    [
        ("put Paper Moon back by a week", "+", "week", "by a week", "sent"),
        ("put Paper Moon back by a week", "-", "week", "by a week", "asked"),
        ("put Paper Moon back by a week", "+", "day", "by a week", "held"),
        ("open Paper Moon a month later", "+", "month", "a month later", "sent"),
        ("open Paper Moon a month later", "-", "month", "a month", "asked"),
        ("open Paper Moon 2 days earlier", "-", "days", "2 days earlier", "sent"),
        ("open Paper Moon 2 days earlier", "+", "days", "2 days", "asked"),
        ("open Paper Moon 2 days earlier", "-", "weeks", "2 days earlier", "held"),
        ("open Paper Moon 3 weeks earlier", "-", "weeks", "3 weeks earlier", "asked"),
    ],
)
async def test_a_length_of_time_moves_a_day_the_way_that_was_said(
    text: str, op: str, unit: str, quote: str, done: str
) -> None:
    count = int(quote[0]) if quote[0].isdigit() else 1
    now = {"field": "opens_on", "of": {"handle": "@exhibit_id"}}
    moved = {"op": op, "a": now, "b": {"number": count, "unit": unit, "quote": quote}}
    call = {"action": "set_opening", "exhibit_id": find("exhibit", "Paper Moon"), "opens_on": moved}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(
        Request(text=text, now=NOW), OWNER, museum.MUSEUM.context(museum.MUSEUM.provider({})), "run_" + "0" * 26
    )
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert (
        "asked" if isinstance(made, Question) else "held" if isinstance(made, Plan) and made.held else "sent"
    ) == done


@pytest.mark.parametrize(
    ("text", "op", "quote", "done"),
    [
        ("take 5 more off the fee of load 803", "-", "5 more", True),
        ("raise the fee of load 803 by 5", "+", "5", True),
        ("raise the fee of load 803 by 5", "-", "5", False),
        ("lower the fee of load 803 by 5", "+", "5", False),
    ],
)
async def test_a_sum_goes_the_way_of_the_orders_verb(text: str, op: str, quote: str, *, done: bool) -> None:
    fee = {"op": op, "a": {"field": "fee", "of": {"handle": "@load_id"}}, "b": {"number": 5, "quote": quote}}
    call = {"action": "set_fee", "load_id": find("load", "803"), "fee": fee}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(Request(text=text, now=NOW), OWNER, LAUNDRY.context(LAUNDRY.provider({})), "run_" + "0" * 26)
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    asked = isinstance(made, Question) and "What should it be?" in made.text
    assert asked is not done, made
