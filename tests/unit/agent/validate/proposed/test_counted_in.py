"""What a plain count is told in: the unit that its record is kept in, or one that the contract names. Any other changes
how much it is, and is asked about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.resolve.rules.grammar.test_orders_without_records import SUPPLIES
from tests.unit.own_worlds import NOW, OWNER, WORLDS, Says, find, number, plan, read_words, world

UNITS = {"Brake pads": "sets", "Fuel hose": "metres", "Wheel grease": "kilos", "Wash": "litres"}


def parts_by(
    units: dict[str, str] = UNITS, description: str = "Order a part from the supplier.", most: int | None = None
) -> WorkspaceContext:
    """The garage, whose parts say in what they are counted."""
    given = json.loads((WORLDS / "garage.json").read_text("utf-8"))
    next(each for each in given["kinds"] if each["name"] == "part")["fields"].append({"name": "unit_name"})
    parts = given["records"]["part"]
    more = ("Fuel hose", "Wheel grease", "Wash")
    parts += [{**parts[0], "id": 91 + at, "title": title} for at, title in enumerate(more)]
    for each in parts:
        each["unit_name"] = units.get(each["title"])
    order = next(each for each in given["contracts"] if each["name"] == "garage.order_part")
    order["description"], order["examples"] = description, ["order 10 wash", "get 5 more oil filters"]
    order["annotations"]["quantity"]["unit"] = "count"
    order["parameters"]["properties"]["quantity"]["maximum"] = most or 10**9
    found = FrozenWorld(given)
    return found.context(found.provider({}))


async def read_by_model(quote: str, count: float, unit: str | None, name: str) -> Verdict:
    text = f"order {quote} of {name}"
    step = {"action": "order_part", "part_id": find("part", name), "quantity": number(count, quote, unit)}
    answer = {"understood": "", "result": plan(step), "rest": []}
    task = Task(Request(text=text, now=NOW), OWNER, parts_by(), "run_00000000000000000000000001")
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


def list_values(verdict: Verdict) -> list[Any]:
    assert isinstance(verdict, Plan), verdict
    return [each.value for step in verdict.steps for each in step.filled]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("order 20 metres of fuel hose", [91, 20]),
        ("order 20 meters of fuel hose", [91, 20]),
        ("order 20 metres fuel hose", [91, 20]),
        ("order twenty more metres of fuel hose", [91, 20]),
        ("order 2 kg wheel grease", [92, 2]),
        ("order 2kg of wheel grease", [92, 2]),
        ("order 5 litres of wash", [93, 5]),
        ("order 6 sets of brake pads", [61, 6]),
        ("order 6 brake pads", [61, 6]),
        ("order fuel hose (20 metres)", [91, 20]),
        ("order brake pads: 6 sets", [61, 6]),
    ],
)
async def test_a_count_is_told_in_what_its_record_is_kept_in(text: str, values: list[int]) -> None:
    assert list_values(await read_words(text, parts_by())) == values


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("order 20 kilos of fuel hose", "Fuel hose is counted in metres, not kilos. How many metres?"),
        ("order 3 rolls of fuel hose", "Fuel hose is counted in metres, not rolls. How many metres?"),
        ("order 3 m3 of fuel hose", "Fuel hose is counted in metres, not cubic metres. How many metres?"),
        ("order fuel hose (3 rolls)", "Fuel hose is counted in metres, not rolls. How many metres?"),
        ("order 3 fuel hose (rolls)", "Fuel hose is counted in metres, not rolls. How many metres?"),
        ("order wiper blades: 3 boxes", "Wiper blades are not counted in boxes here. How many should it be?"),
        ("order 3 m² of brake pads", "Brake pads are counted in sets, not m². How many sets?"),
        ("order 90 cm of fuel hose", "Fuel hose is counted in metres, not centimetres. How many metres?"),
        ("order 3 boxes of brake pads", "Brake pads are counted in sets, not boxes. How many sets?"),
        ("order 20m fuel hose", "20m may be millions or metres. How many metres should it be?"),
        ("order 2.5 metres of fuel hose", "“Quantity” takes whole numbers, and 2.5 metres is none. What should it be?"),
        ("order 2.5 fuel hose", "“Quantity” takes whole numbers, and 2.5 is none. What should it be?"),
        ("order half of the brake pads", "How many?"),
        ("order 3 boxes of wiper blades", "Wiper blades are not counted in boxes here. How many should it be?"),
        ("order 3 l of oil filter", "Oil filter is not counted in litres here. How many should it be?"),
    ],
)
async def test_another_unit_or_a_part_of_one_is_asked_about(text: str, asked: str) -> None:
    verdict = await read_words(text, parts_by())
    assert isinstance(verdict, Question), verdict
    assert verdict.text == asked


async def test_a_length_is_not_measured_against_a_limit_as_millions() -> None:
    at_most = "order 20m fuel hose", "order 20m of brake pads"
    asked = [await read_words(text, parts_by(most=500)) for text in at_most]
    assert [each.text for each in asked if isinstance(each, Question)] == [
        "20m may be millions or metres. How many metres should it be?",
        "Brake pads are counted in sets, not metres. How many sets?",
    ]


async def test_without_a_word_of_the_record_the_contract_says_what_counts() -> None:
    text = "order 3 boxes of wiper blades"
    assert isinstance(await read_words(text, parts_by()), Question)
    assert list_values(await read_words(text, parts_by(description="Order boxes of a part."))) == [63, 3]
    assert list_values(await read_words("order 3 pieces of wiper blades", parts_by())) == [63, 3]
    assert isinstance(await read_words("order 3 sets of wiper blades", parts_by()), Question)


async def test_what_is_no_record_is_not_named() -> None:
    verdict = await read_words("order 3 pots of gloves", world("lending", SUPPLIES))
    assert isinstance(verdict, Question), verdict
    assert verdict.text == "It is not counted in pots here. How many should it be?"


async def test_a_model_is_held_to_the_same() -> None:
    assert list_values(await read_by_model("20 metres", 20, "metres", "Fuel hose")) == [91, 20]
    assert list_values(await read_by_model("20 m", 20, "m", "Fuel hose")) == [91, 20]
    for quote, count, unit, name, kept in (
        ("20 metres", 20, "metres", "Wheel grease", "counted in kilos, not metres"),
        ("3 boxes", 3, None, "Brake pads", "counted in sets, not boxes"),
        ("3 boxes", 3, "boxes", "Wiper blades", "not counted in boxes here"),
        ("2.5 metres", 2.5, "metres", "Fuel hose", "takes whole numbers"),
    ):
        verdict = await read_by_model(quote, count, unit, name)
        assert isinstance(verdict, Question), (quote, name)
        assert kept in verdict.text
