"""What is said of a new thing besides its name or title: values of its other parameters, and the record it is about."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer

_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NAME: Final = {"name": "name", "search": "name"}
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 100}
_WORLD: Final[dict[str, Any]] = {
        "contracts": [
            offer("add_owner", "Add an owner", "Write down a new owner of dogs.", {
                "name": _TEXT, "phone": {"type": "string", "maxLength": 30},
                "email": {"type": "string", "format": "email"}}, {"name": {}, "phone": {}, "email": {}},
                optional=("phone", "email"), aliases=["new owner"]),
            offer("add_chore", "Add a chore", "Write down what has to be done.", {
                "title": _TEXT, "run_id": {"type": "integer"}, "due_on": {"type": "string", "format": "date"},
                "haste": {"type": "string", "enum": ["calm", "soon", "grave"], "default": "calm"}}, {
                "title": {}, "run_id": refer("run"), "due_on": {"label": "Due"}, "haste": {}},
                optional=("run_id", "due_on", "haste"), aliases=["new chore"]),
            offer("write_owner", "Write to an owner", "Send an owner a text.", {
                "owner_id": {"type": "integer"}, "text": _TEXT}, {"owner_id": refer("owner"), "text": {}},
                aliases=["email"]),
        ],
        "kinds": [
            define("owner", ["owner", "owners"], [_ID, _NAME], label="{name}"),
            define("run", ["run", "runs"], [_ID, _NAME], label="{name}"),
        ],
        "records": {
            "owner": list_rows("id name", (1, "Rosa Wirth"), (2, "Jan Falk")),
            "run": list_rows("id name", (11, "Long Run"), (12, "Elm Run")),
        },
}  # fmt: skip
_KENNEL: Final = FrozenWorld(_WORLD)


async def _calls_of(text: str) -> list[dict[str, Any]]:
    verdict = (await ask(_KENNEL, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return [{each.param: each.value for each in step.filled} for step in verdict.steps]


@pytest.mark.parametrize(
    "text",
    [
        "new owner: Tilda Brand, 0441 22 33 44",
        "new owner Tilda Brand, 0441 22 33 44",
        "new owner Tilda Brand 0441 22 33 44",
        "add an owner called Tilda Brand, phone 0441 22 33 44",
        "add an owner Tilda Brand with phone 0441 22 33 44",
    ],
)
async def test_a_phone_number_is_no_part_of_a_name(text: str) -> None:
    assert await _calls_of(text) == [{"name": "Tilda Brand", "phone": "0441 22 33 44"}]


@pytest.mark.parametrize("text", ["add an owner called Tilda Brand", "new owner: Tilda Brand"])
async def test_the_word_that_gives_a_name_is_no_part_of_it(text: str) -> None:
    assert await _calls_of(text) == [{"name": "Tilda Brand"}]


async def test_the_label_of_an_address_in_a_list_orders_nothing() -> None:
    made = await _calls_of("new owner: Tilda Brand, email tilda@post.example, phone 0441 22 33 44")
    assert made == [{"name": "Tilda Brand", "phone": "0441 22 33 44", "email": "tilda@post.example"}]
    assert isinstance((await ask(_KENNEL, "email Rosa Wirth")).verdict, Question)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("new chore: hose it, friday, grave", {"title": "hose it", "due_on": "2026-11-27", "haste": "grave"}),
        ("new chore: mend the gate in the Elm run, soon", {"title": "mend the gate", "run_id": 12, "haste": "soon"}),
        ("new chore: hose the yard, it smells", {"title": "hose the yard, it smells"}),
        ("new chore: order straw, hay", {"title": "order straw, hay"}),
        ("new chore: blocked drain, soon", {"title": "blocked drain", "haste": "soon"}),
    ],
)  # fmt: skip
async def test_a_title_ends_before_the_values_behind_it(text: str, values: dict[str, Any]) -> None:
    assert await _calls_of(text) == [values]


_RIDE: Final = offer("plan_ride", "Plan a ride", "Drive a dog somewhere.", {
    "owner_id": {"type": "integer"}, "day": {"type": "string", "format": "date"}, "start": _TEXT, "goal": _TEXT},
    {"owner_id": refer("owner"), "day": {}, "start": {"label": "From"}, "goal": {"label": "To"}})  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "plan a ride for Rosa Wirth on Friday from Long Lane to the vet",
        "plan a ride for Rosa Wirth to the vet, from Long Lane, Friday",
        "plan a ride from Long Lane to the vet for Rosa Wirth on Friday",
    ],
)
async def test_a_text_that_is_called_by_a_preposition_stands_behind_it(text: str) -> None:
    rides = FrozenWorld({**_WORLD, "contracts": [_RIDE]})
    verdict = (await ask(rides, text)).verdict
    assert isinstance(verdict, Plan), verdict
    values = {each.param: each.value for each in verdict.steps[0].filled}
    assert (values["start"], values["goal"]) == ("Long Lane", "the vet")
