"""A name with a plain noun behind it ("the Lindqvist session"): the name tells whose it is, the noun what it is."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.query.name_parts import split_name
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan


def _contract(name: str, title: str, param: str, kind: str) -> dict[str, Any]:
    return {
        "schema": "opsiq/contract/v1", "name": f"studio.{name}", "title": title, "description": f"{title} at once.",
        "surfaces": ["admin"], "roles": ["owner"],
        "parameters": {
            "type": "object", "additionalProperties": False, "required": [param],
            "properties": {param: {"type": "integer"}},
        },
        "annotations": {param: {"record": kind}}, "confirmation": {"policy": "never"},
        "endpoint": {"url": f"https://studio.example/{name}"},
    }  # fmt: skip


_CLIENTS = ["Ottmar Lindqvist", "Salome Brandt", "Ruben Brandt", "Anna Novak", "Fennimore Foods"]
_SHOOTS = [
    (1, "Spring catalogue", "product"), (2, "Silver anniversary", "portrait"), (3, "Passport pictures", "portrait"),
    (4, "Portfolio", "portrait"), (5, "Breakfast menu", "product"), (5, "Lunch menu", "product"),
]  # fmt: skip
_NAMED = [
    {"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"},
    {"name": "client_id", "type": "id"},
]  # fmt: skip
STUDIO = FrozenWorld(
    {
        "contracts": [
            _contract("cancel_shoot", "Cancel a shoot", "shoot_id", "shoot"),
            _contract("call_client", "Call a client", "client_id", "client"),
            _contract("call_helper", "Call a helper", "helper_id", "helper"),
        ],
        "kinds": [
            {
                "name": "client", "title": "Client", "nouns": ["client", "clients"], "label": "{name}",
                "fields": [
                    {"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"},
                    {"name": "email", "type": "email", "search": "email"},
                ],
            },
            {
                "name": "shoot", "title": "Shoot", "nouns": ["shoot", "shoots"], "label": "{title}",
                "fields": [
                    {"name": "id", "type": "id", "search": "number"}, {"name": "title", "search": "name"},
                    {"name": "client_id", "type": "id"}, {"name": "set_id", "type": "id"},
                    {"name": "style", "type": "enum", "values": ["portrait", "product", "wedding"]},
                ],
                "relations": [{"kind": "set", "via": "set_id"}, {"kind": "client", "via": "client_id"}],
            },
            {
                "name": "set", "title": "Set", "nouns": ["set", "sets"], "label": "{name}", "fields": _NAMED,
                "relations": [{"kind": "client", "via": "client_id"}],
            },
            {
                "name": "helper", "title": "Helper", "nouns": ["helper", "helpers"], "label": "{name}",
                "fields": _NAMED, "relations": [{"kind": "client", "via": "client_id"}],
            },
        ],
        "records": {
            "client": [{"id": at, "name": name, "email": f"c{at}@ex.example"} for at, name in enumerate(_CLIENTS, 1)],
            "shoot": [
                {"id": at, "client_id": client, "title": title, "style": style, "set_id": 1 if client == 1 else None}
                for at, (client, title, style) in enumerate(_SHOOTS, 1)
            ],
            "set": [{"id": 1, "name": "Beach", "client_id": 1}],
            "helper": [{"id": 9, "name": "Kim Otero", "client_id": 5}],
        },
    }
)  # fmt: skip


async def say(text: str, step: dict[str, Any]) -> Verdict:
    task = Task(
        Request(text=text, now=NOW), OWNER, STUDIO.context(STUDIO.provider({})), "run_00000000000000000000000001"
    )
    said = {"understood": "", "result": plan(step), "rest": []}
    return (await propose(task, ProposingResolver(Says(said)))).verdict


async def cancel(said: str, **more: Any) -> Verdict:
    return await say(f"cancel the {said}", {"action": "cancel_shoot", "shoot_id": find("shoot", said, **more)})


@pytest.mark.parametrize(
    ("said", "shoot"),
    [
        ("Lindqvist session", 1),
        ("Lindqvist shoot", 1),
        ("Fennimore lunch", 6),  # a word of one of them tells which
        ("session Lindqvist", 1),
        ("Brandt anniversary", None),  # whose it is comes first
    ],
)
async def test_the_only_record_of_the_name_is_meant_and_the_card_says_what_was_typed(
    said: str, shoot: int | None
) -> None:
    made = await cancel(said)
    if shoot is None:
        assert isinstance(made, Question), made
        assert {each.id for each in made.candidates} == {"2", "3"}
        return
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == shoot
    assert any(each.startswith(f"You wrote ‘{said}’; this is ") for each in made.held), made.held


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("Fennimore session", {"5", "6"}),
        ("Lindqvist anniversary", {"1"}),  # another one is an anniversary
        ("Lindqvist portrait", {"1"}),  # it is one of a product
        ("Lindqvist wedding", {"1"}),
        ("Breakfast session", {"5"}),  # its own name goes on otherwise
        ("lindqvist session", {"1"}),  # nothing shows that it is a name
        ("anna baker", {"4"}),
    ],
)
async def test_what_is_not_sure_is_asked_about(said: str, offered: set[str]) -> None:
    made = await cancel(said)
    assert isinstance(made, Question), made
    assert f"‘{said}’" in made.text
    assert {each.id for each in made.candidates} == offered


@pytest.mark.parametrize("said", ["Anna Baker", "Lindqvist Session", "Ottilie session", "session", "Lindqvist xyzzy"])
async def test_another_name_is_nobodys(said: str) -> None:
    made = await cancel(said)
    assert isinstance(made, Question), made
    assert not made.candidates


@pytest.mark.parametrize("more", [{"pick": "all"}, {"pick": 2}])
async def test_several_by_a_part_of_a_name_are_asked_about(more: dict[str, Any]) -> None:
    made = await cancel("Lindqvist session", **more)
    assert isinstance(made, Question), made


@pytest.mark.parametrize(("said", "offered"), [("Lindqvist account", ["1"]), ("lindqvist baker", [])])
async def test_a_person_is_never_taken_for_another_by_a_part_of_a_name(said: str, offered: list[str]) -> None:
    made = await say(f"call {said}", {"action": "call_client", "client_id": find("client", said)})
    assert isinstance(made, Question), made
    assert [each.id for each in made.candidates] == offered


async def test_a_person_is_not_taken_by_the_name_of_whoever_they_belong_to() -> None:
    made = await say(
        "call the Fennimore cook", {"action": "call_helper", "helper_id": find("helper", "Fennimore cook")}
    )
    assert isinstance(made, Question), made
    assert made.text == "No helper is called ‘Fennimore cook’ here. Is it Kim Otero?"


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("Osterby's dinner", ("Osterby", ("dinner",), True)),
        ("the Osterby garden party", ("Osterby", ("garden", "party"), True)),
        ("osterby dinner", ("osterby", ("dinner",), False)),
        ("Rose dinner", ("Rose", ("dinner",), True)),
        ("Osterby Dinner", None),
        ("rose dinner", None),
        ("Osterby 7 dinner", None),
        ("Osterby garden party dinner table music", None),
    ],
)
def test_capitals_tell_a_name_from_a_noun(words: str, parts: tuple[Any, ...] | None) -> None:
    assert split_name(words) == parts
