"""What can't be said can't be done: the answer type holds the offered actions, none and ask, and no other thing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.resolve.schema import MAX_CALLS, MAX_WORDS, Shape, shape
from registry.contract import Annotation, Derive
from registry.offer import Offer


def offer(name: str = "saas.refund", required: tuple[str, ...] = (), **properties: Any) -> Offer:
    return Offer(name, 1, name, "does it", {"type": "object", "properties": properties, "required": list(required)})


def read(made: Shape, answer: object) -> Any:
    return made.model.model_validate_json(json.dumps(answer)).model_dump(by_alias=True, exclude_none=True)


TEXT = {"type": "string"}
TWO = [offer("saas.refund", invoice=TEXT, reason={"enum": ["fraud", "duplicate"]}), offer("saas.void", invoice=TEXT)]


@pytest.mark.parametrize(
    "answer",
    [
        {"call": {"action": "saas.refund", "invoice": "the last"}},
        {"call": {"action": "saas.refund", "invoice": None, "reason": "fraud"}},
        {"call": {"action": "saas.refund"}},
        {"call": {"action": "none"}},
        {"call": {"action": "ask", "between": ["saas.refund", "saas.void"]}},
    ],
)
def test_an_offered_call_none_and_ask_can_be_said(answer: dict[str, Any]) -> None:
    assert read(shape(TWO), answer)["call"]["action"] == answer["call"]["action"]


@pytest.mark.parametrize(
    "answer",
    [
        {"call": {"action": "saas.delete_everything"}},
        {"call": {"action": "saas.void", "reason": "fraud"}},
        {"call": {"action": "saas.refund", "reason": "because"}},
        {"call": {"action": "saas.refund", "invoice": 5}},
        {"call": {"action": "saas.refund", "invoice": "x" * (MAX_WORDS + 1)}},
        {"call": {"action": "saas.refund", "invoice": {"id": "inv_1"}}},
        {"call": {"action": "saas.refund", "__proto__": {}}},
        {"call": {"action": "none", "invoice": "x"}},
        {"call": {"action": "ask", "between": ["saas.refund", "saas.other"]}},
        {"call": {"action": "saas.refund"}, "then": [{"action": "saas.void"}]},
        {"call": {"action": "saas.refund"}, "endpoint": "https://elsewhere.example"},
        {"call": [{"action": "saas.refund"}]},
        {},
    ],
)
def test_anything_else_can_not(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(shape(TWO), answer)


def test_a_request_of_several_parts_may_have_further_calls_up_to_the_most() -> None:
    made = shape(TWO, several=True)
    more = {"action": "saas.void"}
    assert len(read(made, {"call": more, "then": [more] * (MAX_CALLS - 1)})["then"]) == MAX_CALLS - 1
    with pytest.raises(ValidationError):
        read(made, {"call": more, "then": [more] * MAX_CALLS})
    with pytest.raises(ValidationError):
        read(made, {"call": more, "then": [{"action": "none"}]})


def test_a_single_offer_leaves_nothing_to_ask_between() -> None:
    with pytest.raises(ValidationError):
        read(shape(TWO[:1]), {"call": {"action": "ask", "between": ["saas.refund"]}})


def test_booleans_integers_and_lists_keep_their_kind_and_bounds() -> None:
    made = shape(
        [
            offer(
                "x",
                on={"type": "boolean"},
                n={"type": "integer", "enum": [1, 2]},
                tags={"type": "array", "items": TEXT, "maxItems": 2},
            )
        ]
    )
    assert read(made, {"call": {"action": "x", "on": False, "n": 2, "tags": ["a", "b"]}})["call"]["on"] is False
    for wrong in ({"on": "yes"}, {"n": 3}, {"tags": ["a", "b", "c"]}, {"tags": "a"}):
        with pytest.raises(ValidationError):
            read(made, {"call": {"action": "x", **wrong}})


def test_references_nullables_and_constants_are_seen_through() -> None:
    foreign = Offer(
        "x",
        1,
        "",
        "",
        {
            "$defs": {"Size": {"enum": ["s", "m"]}},
            "properties": {"size": {"$ref": "#/$defs/Size"}, "colour": {"anyOf": [{"const": "red"}, {"type": "null"}]}},
        },
    )
    slots = shape([foreign]).entries["x"].slots
    assert slots["size"].closed == ("s", "m")
    assert slots["colour"].closed == ("red",)


def test_a_set_that_mixes_kinds_is_read_from_words_instead() -> None:
    assert shape([offer("x", a={"enum": [1, True, "1"]})]).entries["x"].slots["a"].closed == ()


def test_a_record_is_asked_for_by_its_name_and_never_as_an_id() -> None:
    made = Offer(
        "saas.refund",
        1,
        "",
        "",
        {"properties": {"invoice_id": TEXT, "currency": TEXT}},
        annotations={
            "invoice_id": Annotation(record="invoice"),
            "currency": Annotation(derive=Derive(parameter="invoice_id", field="currency")),
        },
    )
    slots = shape([made]).entries["saas.refund"].slots
    assert {token: slot.parameter for token, slot in slots.items()} == {"invoice": "invoice_id"}


def test_foreign_names_become_safe_tokens_that_lead_back_to_them() -> None:
    offers = [
        offer("do it!", **{"action": TEXT, "a b": TEXT, "a.b?": TEXT, "_x": TEXT, "": TEXT}),
        offer("do it?"),
        offer("none"),
        offer("ask"),
    ]
    made = shape(offers)
    assert [entry.offer.name for entry in made.entries.values()] == ["do it!", "do it?", "none", "ask"]
    assert list(made.entries) == ["do_it", "do_it_2", "none_2", "ask_2"]
    slots = made.entries["do_it"].slots
    assert [slot.parameter for slot in slots.values()] == ["action", "a b", "a.b?", "_x", ""]
    assert "action" not in slots
    assert read(made, {"call": {"action": "do_it", "a_b": "z"}})["call"]["a_b"] == "z"


@given(st.lists(st.text(max_size=80), unique=True, min_size=1, max_size=6))
def test_any_names_make_a_schema_in_which_each_can_be_chosen(names: list[str]) -> None:
    made = shape([offer(name, p=TEXT) for name in names])
    for token, entry in made.entries.items():
        assert read(made, {"call": {"action": token, "p": "w"}})["call"]["p"] == "w"
        assert entry.offer.name in names


def test_the_schema_has_one_digest_and_carries_no_prose() -> None:
    first, second = shape(TWO), shape(TWO)
    assert first.digest == second.digest
    assert first.digest != shape(TWO, several=True).digest
    text = json.dumps(first.model.model_json_schema())
    assert "does it" not in text
    assert text.count('"title": "') == 1


def test_a_parameter_called_title_or_default_stays_in_the_schema() -> None:
    schema = shape([offer("x", title=TEXT, default=TEXT, description=TEXT)]).model.model_json_schema()
    assert set(schema["$defs"]["Call_x"]["properties"]) == {"action", "title", "default", "description"}
