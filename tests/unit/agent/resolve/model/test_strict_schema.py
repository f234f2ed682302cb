"""The answer's schema keeps to what strict modes take, and prompt and schema stay flat however many contracts there
are."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from agent.pipeline import Request, Turn
from agent.resolve.model.resolver import prepare
from connectors.saas.kinds import KINDS
from prompts import DEFAULT_VERSION, PLAIN_VERSION
from registry.offers.offer import Offer, make_offer
from registry.offers.shortlist import Shortlist
from tests.unit.agent.validate.fake_platform import SAAS
from tests.unit.own_worlds import asked

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
# OpenAI's published limits of strict structured outputs, the narrowest that take a schema that speaks of itself; Gemini
# takes that too, and llama.cpp's grammars take what stays within them. Anthropic's strict schemas take no recursion, so
# its models are asked by a forced tool call (``LiteLlmClient.mode``).
MOST_PROPERTIES, MOST_DEPTH, MOST_ENUM, MOST_ENUM_CHARS, MOST_NAMES_CHARS = 5000, 10, 1000, 15_000, 120_000
TAKEN = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "$ref",
    "$defs",
    "description",
}


def test_the_schema_is_made_once_for_the_same_actions_and_anew_for_what_else_may_be_said() -> None:
    first, thread, others = (
        prepare(Request(text="void it", now=NOW, thread=thread), shortlist, KINDS).schema
        for thread, shortlist in (
            ((), Shortlist(SAAS, role="owner")),
            ((Turn(words="void it", came="done"),), Shortlist(SAAS, role="owner")),
            ((), Shortlist(SAAS, role="owner", others=("saas.audit",))),
        )
    )
    assert prepare(Request(text="another", now=NOW), Shortlist(SAAS, role="admin"), KINDS).schema is first
    assert first.others == {}
    assert others.others == {"audit": "saas.audit"}
    assert len({each.digest for each in (first, thread, others)}) == 3


def test_the_part_of_the_prompt_that_no_request_is_in_is_made_once_for_the_same_actions() -> None:
    one, another, larger, plain = (
        prepare(Request(text=text, now=NOW), Shortlist(offers, role="owner"), KINDS, version=version)
        for text, offers, version in (
            ("void it", SAAS[:2], DEFAULT_VERSION),
            ("who is it?", SAAS[:2], DEFAULT_VERSION),
            ("void it", SAAS[:3], DEFAULT_VERSION),
            ("void it", SAAS[:2], PLAIN_VERSION),
        )
    )
    assert one.messages[0] is another.messages[0]
    assert one.messages[1] != another.messages[1]
    assert [each["role"] for each in one.messages] == ["system", "user"]
    assert len({each.messages[0]["content"] for each in (one, larger, plain)}) == 3


def test_the_fixed_part_tells_that_there_are_further_actions_and_what_a_thread_allows() -> None:
    whole = prepare(Request(text="void it", now=NOW), Shortlist(SAAS[:2], role="owner"), ())
    assert "no other actions" in whole.messages[0]["content"]
    assert "has other actions" in many(100)[0]
    thread = (Turn(words="void it", came="done"),)
    alone, going_on = (
        prepare(Request(text="void it", now=NOW, thread=turns), Shortlist(SAAS[:2]), KINDS, version=PLAIN_VERSION)
        for turns in ((), thread)
    )
    assert alone.messages[0] != going_on.messages[0]


@pytest.mark.parametrize("at", range(4), ids=["demo", "lending", "dome", "large"])
def test_the_schema_keeps_to_strict_mode(at: int) -> None:
    schema = schemas()[at]
    nodes = list(_nodes(schema))
    for node in nodes:
        assert set(node) <= TAKEN
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        assert "type" in node or "anyOf" in node or "$ref" in node  # an enum alone is refused
        branches = [_first_key(each, schema) for each in node.get("anyOf", ())]
        assert len(branches) == len(set(branches))  # alternatives begin with different keys, or different constants
    assert schema["type"] == "object"  # no union at the root
    assert sum(len(node.get("properties", ())) for node in nodes) <= MOST_PROPERTIES
    assert sum(len(name) for node in nodes for name in node.get("properties", ())) <= MOST_NAMES_CHARS
    assert sum(len(node.get("enum", ())) for node in nodes) <= MOST_ENUM
    assert all(sum(len(str(each)) for each in node.get("enum", ())) <= MOST_ENUM_CHARS for node in nodes)
    assert max(_depth(each) for each in (schema, *schema["$defs"].values())) <= MOST_DEPTH


def test_prompt_and_schema_stay_flat() -> None:
    few, small = many(100)
    lots, large = many(10_000)
    assert len(lots) <= len(few) * 1.15
    assert len(json.dumps(large)) <= len(json.dumps(small)) * 1.25
    assert len(lots) < 24_000


@cache
def schemas() -> list[Any]:
    shortlist = Shortlist([make_offer(each) for each in SAAS], role="owner")
    demo = prepare(Request(text="refund it", now=NOW), shortlist, KINDS).schema.schema
    return [demo, *(asked("do it", name).schema.schema for name in ("lending", "dome")), many(10_000)[1]]


@cache
def many(count: int) -> tuple[str, dict[str, Any]]:
    """Prompt and schema of one request among so many contracts."""
    chance = random.Random(5)
    nouns = ["lamp", "boat", "pipe", "oven", "desk", "tram", "vine", "kiln", "raft", "silo"]
    verbs = ["repair", "paint", "rent", "ship", "sell", "store", "clean", "weigh", "label", "insure"]
    offers = [
        Offer(
            name=f"yard.{verb}_{noun}_{at}",
            version=1,
            title=f"{verb.capitalize()} a {noun}",
            description=f"{verb.capitalize()} one {noun} at yard {at}.",
            parameters={
                "type": "object",
                "properties": {"place": {"type": "string"}, "days": {"type": "integer"}, "rush": {"type": "boolean"}},
                "required": ["place"],
            },
        )
        for at in range(count)
        for verb, noun in [(chance.choice(verbs), chance.choice(nouns))]
    ]
    made = prepare(Request(text="paint the boat at yard 7 in two days", now=NOW), Shortlist(offers, role="owner"), ())
    return "\n".join(each["content"] for each in made.messages), made.schema.schema


def _nodes(schema: Any) -> Iterator[Mapping[str, Any]]:
    yield schema
    for each in (*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("$defs", {}).values()):
        yield from _nodes(each)
    if "items" in schema:
        yield from _nodes(schema["items"])


def _first_key(branch: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """What tells an alternative from the others: an object's first key, with its value where that is a constant."""
    while "$ref" in branch:
        branch = schema["$defs"][branch["$ref"].rpartition("/")[2]]
    if branch.get("type") != "object":
        return json.dumps(branch, sort_keys=True)
    name, value = next(iter(branch["properties"].items()))
    return name, tuple(value["enum"]) if len(value.get("enum", ())) == 1 else ()


def _depth(schema: Mapping[str, Any]) -> int:
    """Levels of objects and arrays, references not followed."""
    inside = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inside += [schema["items"]] if "items" in schema else []
    own = 1 if schema.get("type") in ("object", "array") else 0
    return own + max(map(_depth, inside), default=0)
