"""The plain form: what a small model says in it becomes the full form, with the words that support it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Reply, Request, Turn
from agent.planning.proposal import PlanResult
from agent.planning.propose import propose
from agent.planning.small_model import UNDERSTOOD_OTHERWISE
from agent.planning.task import Task
from agent.resolve.model.answer_json import BadProposal
from agent.resolve.model.plain import MAX_LENGTH
from agent.resolve.model.resolver import Prepared, ProposingResolver, prepare
from core.errors import ModelMisbehaved
from prompts import DEFAULT_VERSION, PLAIN_VERSION
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from tests.unit.own_worlds import NOW, OWNER, Says, world

SHOP = Offer(
    "town.find_shop",
    1,
    "Find a shop",
    "Find a shop in a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "City, Country"},
            "kind": {"type": "string"},
            "opens": {"type": "string", "format": "date"},
            "delivers": {"type": "boolean"},
            "size": {"enum": ["small", "large"]},
            "limit": {"type": "integer", "default": 10},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["city", "size"],
    },
)


def of(text: str, *, thread: tuple[Turn, ...] = ()) -> Prepared:
    request = Request(text=text, now=NOW, thread=thread)
    return prepare(request, Shortlist([SHOP], role="owner"), (), version=PLAIN_VERSION)


async def verdict_of(text: str, *calls: dict[str, Any]) -> Any:
    there = world("lending")
    task = Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001")
    return (await propose(task, ProposingResolver(Says({"calls": list(calls)}), version=PLAIN_VERSION))).verdict


def named(name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "owner": None, "state": None, "which": "one", **more}


@pytest.mark.parametrize(
    ("text", "argument", "value", "quote"),
    [
        ("a shop in Graz please", "city", "Graz, Austria", "Graz"),
        ("shops for cake in Graz", "kind", "cakes", "cake"),
        ("shops in Graz", "kind", "bakery", None),
        ("two shops in Graz", "limit", 2, "two"),
        ("shops in Graz", "limit", 5, None),
        ("shops in Graz that deliver", "delivers", True, "deliver"),
        ("shops in Graz that bring it over", "delivers", True, None),
        ("a large shop in Graz", "size", "large", "large"),
        ("a big one in Graz", "size", "large", "a big one in Graz"),
        ("shops in Graz, open on 5 March", "opens", "2027-03-05", "5"),
        ("shops in SM please", "kind", "Santa Maria, CA", "SM"),
        ("a shop by the Old Town Hall", "kind", "OTH", "Old Town Hall"),
        ("shops with French books", "kind", "fr", "French"),
        ("shops with books from france or frankfurt", "kind", "fr", None),
        ("shops in Graz for tea and maps", "tags", ["tea", "maps"], "tea and maps"),
    ],
)
def test_words_are_found_for_a_value_or_it_is_left_out(text: str, argument: str, value: Any, quote: str | None) -> None:
    made = of(text).parser.parse({"calls": [{"action": "find_shop", argument: value}]})
    [call] = made.result.calls  # type: ignore[union-attr]
    held = call.arguments.get(argument)
    if quote is None:
        assert held is None  # optional, and nobody said so
    else:
        assert held.quote is not None
        assert (held.value, held.quote.text) == (value, quote)


RIDE = Offer(
    "town.book_ride",
    1,
    "Book a ride",
    "Book a ride to an address.",
    {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "Code of the car"},
            "day": {"type": "string", "description": "Day of the ride, as YYYY-MM-DD"},
            "wait": {"type": "integer", "description": "How long to wait"},
            "mode": {"enum": ["dropoff", "pickup"]},
            "note": {"type": "string"},
            "remark": {"type": "string"},
        },
        "required": ["code", "day"],
    },
)


def ride(text: str, **values: Any) -> dict[str, Any]:
    request = Request(text=text, now=NOW)
    parser = prepare(request, Shortlist([RIDE], role="owner"), (), version=PLAIN_VERSION).parser
    [call] = parser.parse({"calls": [{"action": "book_ride", **values}]}).result.calls  # type: ignore[union-attr]
    return {name: (each.value, each.quote and each.quote.text) for name, each in call.arguments.items()}  # type: ignore[union-attr]


def test_what_code_reads_stands_in_for_what_the_model_missed_or_wrote_otherwise() -> None:
    made = ride("book a ride with car KX-204 on 5 March 2027", code="KX-240", day="05/03/2027")
    assert made["code"] == ("KX-204", "KX-204")  # a slip of the model's, never what somebody typed
    assert made["day"][0] == "2027-03-05"
    assert ride("book a ride with car KX-204 on 5 March 2027", code="KX-204")["day"][0] == "2027-03-05"


def test_a_number_is_quoted_with_its_unit_and_a_joined_word_where_it_stands_apart() -> None:
    made = ride("car KX-204 on 2027-03-05, wait 60 seconds, as drop off", code="KX-204", wait=60, mode="dropoff")
    assert made["wait"] == (60, "60 seconds")
    assert made["mode"] == ("dropoff", "drop off")


def test_calls_beyond_what_was_ordered_are_left_out() -> None:
    request = Request(text="book a ride with car KX-204 on 2027-03-05", now=NOW)
    parser = prepare(request, Shortlist([RIDE, SHOP], role="owner"), (), version=PLAIN_VERSION).parser
    one = {"action": "book_ride", "code": "KX-204", "day": "2027-03-05"}
    again = {**one, "wait": 30}
    made = parser.parse({"calls": [one, one, again, {"action": "find_shop", "city": "Graz", "size": "large"}]})
    assert [each.action for each in made.result.calls] == ["town.book_ride"]  # type: ignore[union-attr]


def test_each_call_with_words_of_its_own_stays() -> None:
    request = Request(text="book rides with KX-204 on 2027-03-05 and LM-310 on 2027-03-06", now=NOW)
    parser = prepare(request, Shortlist([RIDE], role="owner"), (), version=PLAIN_VERSION).parser
    rides = [("KX-204", "2027-03-05"), ("LM-310", "2027-03-06")]
    made = parser.parse({"calls": [{"action": "book_ride", "code": code, "day": day} for code, day in rides]})
    assert len(made.result.calls) == 2  # type: ignore[union-attr]


VISIT = Offer(
    "town.plan_visit",
    1,
    "Plan a visit",
    "Plan a visit to a town.",
    {
        "type": "object",
        "properties": {"town": {"type": "string"}, "country": {"type": "string"}, "question": {"type": "string"}},
        "required": ["town"],
    },
)


@pytest.mark.parametrize(
    ("text", "given", "made"),
    [
        ("plan a visit to Lyon, France", {"town": "Lyon, France", "country": "France"}, ("Lyon", "France", None)),
        ("plan a visit to Lyon in France", {"town": "Lyon in France", "country": "France"}, ("Lyon", "France", None)),
        ("plan a visit to Lyon and look up when the fair begins", {"town": "Lyon", "question": "the fair begins"},
            ("Lyon", None, "when the fair begins")),
        ("plan a visit to Lyon and look up the fair", {"town": "Lyon", "question": "the fair"},
            ("Lyon", None, "the fair")),
    ],
)  # fmt: skip
def test_a_text_ends_where_another_argument_begins_and_starts_with_its_question_word(
    text: str, given: dict[str, str], made: tuple[str | None, ...]
) -> None:
    prepared = prepare(Request(text=text, now=NOW), Shortlist([VISIT], role="owner"), (), version=PLAIN_VERSION)
    result = prepared.parser.parse({"calls": [{"action": "plan_visit", **given}]}).result
    assert isinstance(result, PlanResult)
    arguments = result.calls[0].arguments
    values = [getattr(arguments.get(name), "value", None) for name in ("town", "country", "question")]
    assert tuple(values) == made


LISTS = Offer(
    "town.list_shops",
    1,
    "List shops",
    "List the shops of a town.",
    {
        "type": "object",
        "properties": {
            "town": {"type": "string"},
            "signs": {"type": "array", "items": {"type": "string"}},
            "include_closed": {"type": "boolean"},
        },
        "required": ["town"],
    },
)


@pytest.mark.parametrize(
    ("text", "given", "made"),
    [
        ("list the shops of Lyon with the signs they have", {"signs": ["sign1", "sign2"]}, {}),
        ("list the shops of Lyon with sign 1", {"signs": ["sign1"]}, {"signs": ["sign1"]}),
        ("list the shops of Lyon, including their owners", {"include_closed": True}, {}),
        ("list the shops of Lyon, including closed ones", {"include_closed": True}, {"include_closed": True}),
    ],
)
def test_a_made_up_code_and_a_bare_include_are_no_values(text: str, given: Any, made: Any) -> None:
    prepared = prepare(Request(text=text, now=NOW), Shortlist([LISTS], role="owner"), (), version=PLAIN_VERSION)
    result = prepared.parser.parse({"calls": [{"action": "list_shops", "town": "Lyon", **given}]}).result
    assert isinstance(result, PlanResult)
    values = {name: getattr(each, "value", None) for name, each in result.calls[0].arguments.items()}
    assert values == {"town": "Lyon", **made}


def test_a_word_for_nothing_and_a_value_given_twice_are_left_out() -> None:
    made = ride("car KX-204 on 2027-03-05 with any luck, quietly", code="KX-204", note="any", remark="KX-204")
    assert {"note", "remark"}.isdisjoint(made)


async def test_names_owners_states_and_ends_find_records_and_words_become_amounts() -> None:
    made = await verdict_of(
        "waive 3 euros of the last fine of Ines Duarte that is due",
        {
            "action": "waive_fine",
            "fine_id": named(owner="Ines Duarte", state="due", which="last"),
            "amount": "3 euros",
        },
    )
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled} == {
        "fine_id": 31,
        "amount": 300,
        "currency": "EUR",
    }
    assert isinstance(
        await verdict_of("renew a loan", {"action": "renew_loan", "loan_id": named(), "days": None}), Question
    )


async def test_a_question_is_answered_from_records() -> None:
    counted = await verdict_of(
        "how many fines are due?",
        {"action": "question", "of": "fine", **named(state="due", which="all"), "want": "count"},
    )
    assert isinstance(counted, Reply)
    assert counted.count == 4
    told = await verdict_of(
        "which shelf is the tile cutter on",
        {"action": "question", "of": "item", **named("tile cutter"), "want": "shelf"},
    )
    assert isinstance(told, Reply)
    assert told.values == ("back",)


async def test_words_that_read_in_full_go_before_a_small_models_answer() -> None:
    said = "waive 3 euros of the last fine of Ines Duarte that is due"
    fine = named(owner="Ines Duarte", state="due", which="last")
    made = await verdict_of(said, {"action": "waive_fine", "fine_id": fine, "amount": "3 euros"})
    assert isinstance(made, Plan), made
    assert UNDERSTOOD_OTHERWISE not in made.held
    for missed in (
        {"action": "waive_fine", "fine_id": named("Duarte Ines Fine")},
        {"action": "none", "reason": "no such action"},
    ):
        other = await verdict_of(said, missed)
        assert isinstance(other, Plan), other
        assert UNDERSTOOD_OTHERWISE in other.held
        assert [each.value for each in other.steps[0].filled] == [each.value for each in made.steps[0].filled]


async def test_a_plan_that_no_word_asks_for_is_asked_about() -> None:
    made = await verdict_of("the weather is lovely", {"action": "list_loans"})
    assert isinstance(made, Question), made
    assert (made.code, len(made.candidates)) == ("unclear_action", 1)


async def test_nothing_is_nothing_and_what_is_no_plain_answer_is_refused() -> None:
    nothing = await verdict_of("paint it", {"action": "none", "reason": "no such action"})
    assert nothing.reason == "nothing_fits"
    task = Task(Request(text="a", now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    for calls in ([{"action": "sing"}], [3], "x"):
        with pytest.raises(ModelMisbehaved):
            await propose(task, ProposingResolver(Says({"calls": calls}), version=PLAIN_VERSION))


def test_the_last_call_of_the_thread_is_taken_back() -> None:
    turns = (Turn(words="a", came="@call1 find_shop(), done"), Turn(words="b", came="@call2 find_shop(), done"))
    made = of("undo that", thread=turns).parser.parse({"calls": [{"action": "undo"}]})
    assert made.result.calls == ("@call2",)  # type: ignore[union-attr]


def test_deep_or_odd_values_cost_nothing_and_crash_nothing() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    with pytest.raises(BadProposal):
        of("x").parser.parse({"calls": [{"action": "find_shop", "city": deep}]})
    with pytest.raises(BadProposal):
        of("x").parser.parse({"calls": [{"action": "find_shop", "city": "\ud800"}]})


def test_the_plain_schema_is_flat_closed_and_bounded() -> None:
    there = world("lending")
    asked = prepare(
        Request(text="x", now=NOW), there.shortlist(OWNER, "admin"), tuple(there.kinds), version=PLAIN_VERSION
    )
    schema = asked.schema.schema
    assert "$ref" not in json.dumps(schema)
    for node in _nodes(schema):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert set(node["required"]) <= set(node["properties"])
        if node.get("type") == "string" and "enum" not in node:
            assert node["maxLength"] == MAX_LENGTH
        if node.get("type") == "array":
            assert node["maxItems"] > 0


def test_the_plain_prompt_is_less_than_half_as_long() -> None:
    there = world("lending")
    sizes = [
        sum(
            len(each["content"])
            for each in prepare(
                Request(text="x", now=NOW), there.shortlist(OWNER, "admin"), tuple(there.kinds), version=version
            ).messages
        )
        for version in (PLAIN_VERSION, DEFAULT_VERSION)
    ]
    assert sizes[0] < 0.5 * sizes[1]


def _nodes(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield schema
    for each in (*schema.get("properties", {}).values(), *schema.get("anyOf", ())):
        yield from _nodes(each)
    if "items" in schema:
        yield from _nodes(schema["items"])
