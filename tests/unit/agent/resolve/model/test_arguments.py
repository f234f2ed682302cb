"""Arguments as a model sees them, and what it says of them read back."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from agent.pipeline import Answer, Request
from agent.planning.proposal import Find, PlanResult, QuotedText, RecordArgument, TypedValue
from agent.planning.quotes import locate
from agent.resolve.model.answer_json import BadProposal
from agent.resolve.model.arguments import (
    describe_type,
    make_native_schema,
    make_unique_token,
    read_objects,
    simplify_schema,
)
from tests.unit.own_worlds import NOW, asked, find, number, plan

ROOT = {"$defs": {"size": {"type": "string", "enum": ["s", "m"]}, "loop": {"$ref": "#/$defs/loop"}}}


@pytest.mark.parametrize(
    ("schema", "made", "told"),
    [
        ({"type": "string", "pattern": "^a", "maxLength": 3}, {"type": "string"}, "text"),
        ({"type": ["integer", "null"], "minimum": 1}, {"type": "integer"}, "whole number"),
        ({"$ref": "#/$defs/size"}, {"type": "string", "enum": ["s", "m"]}, "s|m"),
        ({"anyOf": [{"$ref": "#/$defs/size"}, {"type": "null"}]}, {"type": "string", "enum": ["s", "m"]}, "s|m"),
        ({"const": 3}, {"type": "integer", "enum": [3]}, "3"),
        (
            {"enum": ["low", 1, True]},
            {
                "anyOf": [
                    {"type": "string", "enum": ["low"]},
                    {"type": "integer", "enum": [1]},
                    {"type": "boolean", "enum": [True]},
                ]
            },
            "low|1|true",
        ),
        (
            {"type": "array", "items": {"type": "number"}},
            {"type": "array", "items": {"type": "number"}},
            "list of number",
        ),
        ({"type": "object"}, {"type": "string", "description": "a JSON object as text"}, "object as JSON text"),
        ({"$ref": "#/$defs/loop"}, {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}, "value"),
    ],
)
def test_a_parameters_own_type_is_offered_strictly(schema: Any, made: Any, told: str) -> None:
    assert make_native_schema(schema, ROOT) == made
    assert describe_type(schema, ROOT) == told


def test_what_is_offered_is_packed_once_for_all_requests_that_take_it_to_another_process() -> None:
    one, another = (asked(text, "lending").parser for text in ("renew loan 502", "waive fine F-231"))
    first, second = (pickle.loads(pickle.dumps(each)) for each in (one, another))
    assert first.actions == one.actions
    assert first.actions is second.actions
    assert one.actions.packed is another.actions.packed  # type: ignore[attr-defined]
    assert (first.request.text, second.request.text) == ("renew loan 502", "waive fine F-231")


def test_what_an_object_may_leave_out_is_null() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]}
    assert make_native_schema(schema, {}) == {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "required": ["a", "b"],
        "additionalProperties": False,
    }
    assert simplify_schema("no schema", {}) == {}


def test_tokens_are_plain_bounded_and_unlike_each_other() -> None:
    taken = ["a", "a_2", "x" * 64]
    assert make_unique_token("a", taken) == "a_3"
    assert make_unique_token("größe (cm)", []) == "gr_e_cm"
    assert make_unique_token("x" * 90, taken) == "x" * 60 + "_2"
    assert make_unique_token("///", []) == "item"


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Ines", (0, 6)),
        ("ines", (0, 6)),
        ("Sander", (0, 15)),
        ("7 days", (1, 0)),
        ("not there", None),
        ("and", None),  # part of another word
        ("明天", (0, 23)),
    ],
)
def test_quotes_are_found_as_whole_words(words: str, place: tuple[int, int] | None) -> None:
    request = Request(text="renew Ines her sander, 明天下午", now=NOW, answers=(Answer(slot="0.days", text="7 days"),))
    found = locate(words, request)
    assert (None if found.start is None else (found.origin, found.start)) == place


def test_the_same_words_are_quoted_from_place_to_place() -> None:
    parser = asked("item 103 to the cellar, item 101 to the cellar", "lending").parser
    shelf = {"value": "cellar", "quote": "cellar"}
    calls = [
        {"action": "set_shelf", "item_id": find("item", each), "shelf": shelf, "note": None} for each in ("103", "101")
    ]
    made = parser.parse({"result": plan(*calls)}).result
    assert isinstance(made, PlanResult)
    quotes = [call.arguments["shelf"].quote for call in made.calls]  # type: ignore[union-attr]
    assert [each.start for each in quotes if each is not None] == [16, 40]


def test_a_call_is_read_by_its_forms() -> None:
    parser = asked("write Ines: be kind", "lending").parser
    write = {"action": "write_member", "member_id": find("member", "Ines"), "letter": {"quote": "be kind"}}
    made = parser.parse({"result": plan(write)}).result
    assert isinstance(made, PlanResult)
    [call] = made.calls
    assert isinstance(call.arguments["letter"], QuotedText)
    assert isinstance(call.arguments["member_id"], RecordArgument)
    assert isinstance(call.arguments["member_id"].reference, Find)
    empty = {
        "action": "set_shelf",
        "item_id": None,
        "shelf": {"value": "", "quote": ""},
        "note": {"value": 0, "quote": None},
    }
    made = parser.parse({"result": plan(empty)}).result
    assert isinstance(made, PlanResult)
    assert made.calls[0].arguments == {"note": TypedValue(value=0)}


@pytest.mark.parametrize(
    "result",
    [
        {"type": "plan", "steps": [{"action": "drop_tables"}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "colour": "red"}]},
        {"type": "plan", "steps": [{"action": "waive_fine"}] * 41},
        {"type": "plan", "steps": [{"if": [], "then": [], "else": []}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "fine_id": {"kind": "ghost"}}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "fine_id": find("fine", pick=0)}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "fine_id": find("fine", pick=True, order={"first": "x"})}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "amount": number(float("nan"))}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "amount": number(float("inf"))}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "amount": {"number": "9" * 400}}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "fine_id": find("fine", "a\ud83d")}]},
        {"type": "plan", "steps": [{"action": "waive_fine", "fine_id": find("fine", "a\x00")}]},
        {"type": "ask", "question": "?", "actions": ["drop_tables"]},
        {"type": "none", "reason": "because"},
        {"type": "answer", "answer": {"yes_no": [], "join": "all"}},
        {"type": "answer", "answer": {"poem": "roses"}},
        {"type": "sing"},
        None,
    ],
)
def test_what_is_no_proposal_is_refused(result: Any) -> None:
    with pytest.raises(BadProposal):
        asked("waive it", "lending").parser.parse({"result": result})


def test_nesting_ends() -> None:
    deep: dict[str, Any] = find("member", "Ines")
    for _ in range(12):
        deep = find("fine", None, {"except": deep})
    with pytest.raises(BadProposal, match="deep"):
        asked("x", "lending").parser.parse({"result": plan({"action": "waive_fine", "fine_id": deep})})


@pytest.mark.parametrize(
    ("schema", "given", "read"),
    [
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        (
            {"type": "array", "items": {"type": "object"}},
            ['{"a": 1}', "{'a': 1}", "[1]"],
            [{"a": 1}, "{'a': 1}", "[1]"],
        ),
        ({"type": "object", "properties": {"b": {"type": "object"}}}, {"b": '{"c": 2}'}, {"b": {"c": 2}}),
        ({"type": "string"}, '{"a": 1}', '{"a": 1}'),
        ({"type": "object"}, "{" * 9000, "{" * 9000),
    ],
)
def test_free_form_objects_that_are_given_as_text_are_read(schema: Any, given: Any, read: Any) -> None:
    assert read_objects(given, schema, {}) == read


def test_a_quote_may_begin_behind_the_end_of_a_line_that_is_typed_out() -> None:
    request = Request(text=r"summarize: \n\nTwo boats sank\n", now=NOW)
    assert locate("Two boats sank", request).start == 15
    assert locate("wo boats sank", request).start is None
