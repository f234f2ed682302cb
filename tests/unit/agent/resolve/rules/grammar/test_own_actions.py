"""Orders of an action that an owner has written down, in the words of its title: without a model."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.contract import Contract, parse
from tests.unit.own_worlds import NOW, OWNER, world


def contract(
    name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], required: list[str], **more: Any
) -> Contract:
    return parse(
        {
            **more,
            "schema": "opsiq/contract/v1", "name": f"lending.{name}", "title": title, "description": f"{title}.",
            "surfaces": ["admin"], "roles": ["owner"], "endpoint": {"url": "http://lending.example/act"},
            "annotations": {"member_id": {"record": "member"}, **notes},
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["member_id", *required],
                "properties": {"member_id": {"type": "integer"}, **properties},
            },
        }
    )  # fmt: skip


BADGE = contract(
    "send_badge",
    "Send a badge",
    {
        "copies": {"type": "integer", "minimum": 1, "maximum": 9, "default": 1},
        "metal": {"type": "string", "enum": ["brass", "tin"], "default": "tin"},
        "message": {"type": "string", "maxLength": 200},
    },
    {"copies": {"unit": "count"}},
    ["message"],
)
MEND = contract(
    "note_mending", "Note a mending", {"what": {"type": "string", "maxLength": 200}}, {}, ["what"], aliases=["rewire"]
)
PLEDGE = contract(
    "make_pledge", "Make a pledge", {"copies": {"type": "integer"}}, {"copies": {"unit": "count"}}, ["copies"]
)
CALL = contract("log_call", "Log a call", {"what": {"type": "string", "maxLength": 200}}, {}, ["what"])


async def verdict_of(text: str) -> Verdict:
    there = world("lending")
    own = WorkspaceContext("own", Catalogue([*there.catalogue, BADGE, CALL, MEND, PLEDGE]), there.kinds, there.kinds)
    return (
        await propose(Task(Request(text=text, now=NOW), OWNER, own, "run_00000000000000000000000001"), RuleResolver())
    ).verdict


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("send Ines Duarte a badge: well mended", "send_badge", {"message": "well mended", "copies": 1}),
        ("send 3 badges to Ines Duarte saying thanks a lot", "send_badge", {"copies": 3}),
        ("send Ines Duarte two brass badges: for the bench", "send_badge", {"copies": 2, "metal": "brass"}),
        (
            "log a call with Ines Duarte: she brings F-231 back on Friday",
            "log_call",
            {"what": "she brings F-231 back on Friday"},
        ),
        ("Ines Duarte: bench lamp rewire", "note_mending", {"what": "bench lamp rewire"}),
        ("pledge 5 for Ines Duarte", "make_pledge", {"copies": 5}),
    ],
)
async def test_words_of_the_title_numbers_and_a_text_behind_a_colon_are_read(
    text: str, action: str, values: dict[str, Any]
) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    (step,) = made.steps
    assert step.action == f"lending.{action}"
    read = {each.param: each.value for each in step.filled}
    assert {name: read.get(name) for name in values} == values


async def test_a_title_is_enough_to_know_what_is_missing() -> None:
    asked = await verdict_of("send Ines Duarte a badge")
    assert isinstance(asked, Question)
    assert asked.slot == "0.message"


async def test_a_number_that_counts_nothing_of_the_action_is_not_how_many() -> None:
    asked = await verdict_of("send Ines Duarte 4 letters and a badge: well done")
    assert isinstance(asked, Question), asked


async def test_telling_somebody_something_is_no_order_of_an_action_that_goes_by_another_verb() -> None:
    made = await verdict_of("tell Ines Duarte we mended the saw")
    assert not isinstance(made, Plan) or {step.action for step in made.steps} != {"lending.send_badge"}
