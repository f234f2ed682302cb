"""Which form a model is asked in: as the setting says, or by whether it gets four small requests right."""

from __future__ import annotations

from typing import Any

import pytest

from agent.resolve.model.form import FormChoice
from core.errors import ModelMisbehaved, ModelUnavailable
from evals.run.scripted import ScriptedClient
from prompts import DEFAULT_VERSION, PLAIN_VERSION
from tests.unit.own_worlds import find, number, plan

BIRCH = {"belongs_to": find("zone", "Birch")}
RIGHT = {
    "set": plan({"action": "set_fee", "zone_id": find("zone", "zone Birch"), "fee": number(2.5, "2.50")}),
    "shut": plan({"action": "shut_gate", "gate_id": find("gate", None, {"state": "open", "not": False}, BIRCH)}),
    "water": {"type": "none", "reason": "no such action", "action": None, "quote": ""},
    "it": plan({"action": "set_fee", "zone_id": find("zone", "zone Birch"), "fee": number(2.5, "2.50")}),
}
REST = [{"quote": "it was quiet all week", "is": "background"}, {"quote": "but not before Sunday", "is": "left over"}]


class Answers(ScriptedClient):
    """Answers the four by their first word; what is an exception is raised."""

    name = "scripted"

    def __init__(self, rest: Any = REST, **instead: Any) -> None:
        self.says, self.rest = {**RIGHT, **instead}, rest
        self.asked: list[str] = []

    def answer(self, parser: Any, _messages: Any, /) -> Any:
        word = parser.request.text.partition(" ")[0]
        self.asked.append(word)
        if isinstance(self.says[word], Exception):
            raise self.says[word]
        return {"understood": "", "result": self.says[word], "rest": self.rest if word == "it" else []}


async def test_a_model_that_gets_all_right_takes_the_full_form_and_is_asked_once() -> None:
    client = Answers()
    choice = FormChoice(client, "auto", probes=True)
    assert [await choice.version() for _ in range(3)] == [DEFAULT_VERSION] * 3
    assert client.asked == ["set", "shut", "water", "it"]


@pytest.mark.parametrize(
    "instead",
    [
        {"set": RIGHT["water"]},
        {"set": plan({"action": "set_fee", "zone_id": find("zone", "Birch"), "fee": number(25, "2.50")})},
        {"shut": plan({"action": "shut_gate", "gate_id": find("gate", "Birch")})},
        {"water": RIGHT["set"]},
        {"shut": ModelMisbehaved("no proposal")},
    ],
)
async def test_one_wrong_answer_and_the_plain_form_it_is(instead: dict[str, Any]) -> None:
    assert await FormChoice(Answers(**instead), "auto", probes=True).version() == PLAIN_VERSION


@pytest.mark.parametrize(
    "rest",
    [
        [],
        [{**REST[1], "is": "background"}],
        [*REST, {"quote": "set the fee to 2.50, but not before Sunday", "is": "reason"}],
    ],
)
async def test_a_model_that_takes_a_limit_for_a_story_is_asked_in_the_plain_form(rest: Any) -> None:
    assert await FormChoice(Answers(rest), "auto", probes=True).version() == PLAIN_VERSION


async def test_a_model_that_is_not_there_is_found_out_another_time() -> None:
    client = Answers(set=ModelUnavailable("gone"))
    choice = FormChoice(client, "auto", probes=True)
    assert await choice.version() == DEFAULT_VERSION
    client.says["set"] = RIGHT["water"]
    assert await choice.version() == PLAIN_VERSION


@pytest.mark.parametrize(("form", "version"), [("full", DEFAULT_VERSION), ("plain", PLAIN_VERSION)])
async def test_a_setting_is_taken_as_it_is(form: Any, version: str) -> None:
    client = Answers()
    assert await FormChoice(client, form, probes=True).version() == version
    assert client.asked == []


async def test_a_providers_model_is_not_tried_out() -> None:
    client = Answers()
    assert await FormChoice(client, "auto", probes=False).version() == DEFAULT_VERSION
    assert client.asked == []
