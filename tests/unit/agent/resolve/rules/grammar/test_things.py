"""Things of people, called by plain words, codes, values and places: over a hall that nobody wrote rules for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.pipeline import Abstain, Proposed, Request
from agent.planning.proposal import AnswerResult, PlanResult
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation, Risk, Unit
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TENANT = RecordKind(
    name="tenant",
    title="Tenant",
    nouns=("tenant", "tenants"),
    fields=(Field("id", "id", "Id"), Field("name", "string", "Name", search="name"), Field("town", "string", "Town")),
)
STALL = RecordKind(
    name="stall",
    title="Stall",
    nouns=("stall", "stalls"),
    fields=(
        Field("code", "id", "Code", search="number", pattern="[A-Z]{2}-[0-9]{3}"),
        Field("sign", "string", "Sign", search="name"),
        Field("tenant_id", "id", "Tenant"),
    ),
    id_field="code",
    relations=(Relation("tenant", "tenant_id"),),
)
VISIT = RecordKind(
    name="visit",
    title="Visit",
    nouns=("visit", "visits"),
    fields=(
        Field("id", "id", "Id", search="number"),
        Field("tenant_id", "id", "Tenant"),
        Field("stall_code", "id", "Stall"),
        Field("work", "enum", "Work", values=("deep_clean", "repair")),
        Field("day", "date", "Day"),
    ),
    relations=(Relation("tenant", "tenant_id"), Relation("stall", "stall_code")),
    order="day",
)
SUPPLY = RecordKind(
    name="supply",
    title="Supply",
    nouns=("supply", "supplies"),
    fields=(
        Field("id", "id", "Id"),
        Field("title", "string", "Title", search="name"),
        Field("stock", "integer", "Stock"),
    ),
)
PORTER = RecordKind(
    name="porter",
    title="Porter",
    nouns=("porter", "porters"),
    fields=(Field("id", "id", "Id"), Field("name", "string", "Name", search="name")),
)
KINDS = (TENANT, STALL, VISIT, SUPPLY, PORTER)


def action(name: str, title: str, annotations: dict[str, Annotation], types: dict[str, Any], **more: Any) -> Offer:
    parameters = {"type": "object", "properties": types, "required": list(types)}
    return Offer(f"hall.{name}", 1, title, f"{title}.", parameters=parameters, annotations=annotations, **more)


ID = {"type": "integer"}
HALL = Shortlist(
    [
        action("move_visit", "Move a visit", {"visit": Annotation(record="visit"), "day": Annotation()},
               {"visit": ID, "day": {"type": "string", "format": "date"}}),
        action("cancel_visit", "Cancel a visit", {"visit": Annotation(record="visit")}, {"visit": ID},
               risk=Risk.IRREVERSIBLE),
        action("send_porter", "Send a porter", {"visit": Annotation(record="visit"),
               "porter": Annotation(record="porter")},
               {"visit": ID, "porter": ID}),
        action("order_supply", "Order supplies", {"supply": Annotation(record="supply"), "quantity": Annotation()},
               {"supply": ID, "quantity": {"type": "integer"}}),
        action("waive_fee", "Waive a fee", {"stall": Annotation(record="stall"), "amount": Annotation(unit=Unit.MONEY)},
               {"stall": {"type": "string"}, "amount": {"type": "number"}}, aliases=("take off",)),
        action("warn_tenant", "Warn a tenant", {"tenant": Annotation(record="tenant")}, {"tenant": ID}),
    ]
)  # fmt: skip


async def resolve(text: str) -> Any:
    return (await RuleResolver().resolve(Request(text=text, now=NOW), HALL, KINDS)).resolution


async def one(text: str) -> tuple[str, dict[str, Any]]:
    made = await resolve(text)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult), made
    (call,) = made.proposal.result.calls
    return call.action.partition(".")[2], dict(call.arguments)


@pytest.mark.parametrize(
    ("text", "said", "count"),
    [
        ("order 12 door hinges", "door hinges", 12),
        ("order 30 more cleaning cloths please", "cleaning cloths", 30),
        ("order door hinges x8", "door hinges", 8),
        ("order 5 door hinges, sorry, 7", "door hinges", 7),
    ],
)
async def test_how_many_of_a_thing_by_plain_words(text: str, said: str, count: int) -> None:
    name, arguments = await one(text)
    assert name == "order_supply"
    assert arguments["supply"].reference.said.text == said
    assert arguments["quantity"].value == count


async def test_a_list_of_things_has_a_count_for_each() -> None:
    made = await resolve("order 4 door hinges and 2 paint rollers")
    calls = made.proposal.result.calls
    assert [(c.arguments["supply"].reference.said.text, c.arguments["quantity"].value) for c in calls] == [
        ("door hinges", 4),
        ("paint rollers", 2),
    ]


async def test_the_next_one_is_from_now_on() -> None:
    _, arguments = await one("cancel Rosa's next visit")
    shown = arguments["visit"].model_dump_json()
    assert '"op":">="' in shown
    assert "2026-11-24" in shown
    assert '"first":"earliest"' in shown


async def test_a_value_stands_for_the_record_that_has_it() -> None:
    _, arguments = await one("cancel Rosa's deep clean")
    assert '"state":"deep_clean"' in arguments["visit"].model_dump_json()


async def test_the_owner_of_a_thing_is_whoever_it_belongs_to() -> None:
    name, arguments = await one("warn the owner of QX-114")
    find = arguments["tenant"].reference
    assert name == "warn_tenant"
    assert (find.record, find.where[0].related.record, find.where[0].related.said.text) == ("tenant", "stall", "QX-114")


async def test_a_thing_of_a_person_is_two_steps_away() -> None:
    _, arguments = await one("cancel the visit of Rosa's Corner Bakery")
    stall = arguments["visit"].reference.where[0].owner
    assert (stall.record, stall.said.text, stall.where[0].owner.said.text) == ("stall", "Corner Bakery", "Rosa")


async def test_a_name_may_be_another_kinds_where_nobody_is_called_so() -> None:
    made = await resolve("cancel the visit of Corner Bakery")
    assert '"record":"tenant"' in made.proposal.model_dump_json()
    assert any('"record":"stall"' in each.model_dump_json() for each in made.otherwise)


async def test_actions_that_no_verb_tells_apart_are_handed_on_unsure() -> None:
    made = await resolve("447 → Nils")
    assert isinstance(made, Proposed), made
    actions = {each.result.calls[0].action for each in (made.proposal, *made.instead)}
    assert "hall.send_porter" in actions
    assert len(actions) > 1
    assert made.sure is False


async def test_what_is_off_a_thing_is_taken_off_it() -> None:
    name, _ = await one("30 euros off QX-114")
    assert name == "waive_fee"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("which tenants come from Porto?", ('"town"', '"contains"', "Porto")),
        ("how many paint rollers do we have left?", ('"supply"', "paint rollers", "stock")),
        ("which visit is the latest?", ('"visit"', '"latest"')),
    ],
)
async def test_questions_about_places_stocks_and_firsts(text: str, told: tuple[str, ...]) -> None:
    made = await resolve(text)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, AnswerResult)
    shown = made.proposal.model_dump_json()
    assert all(each in shown for each in told), shown


async def test_all_that_is_on_or_with_something_is_all_of_it() -> None:
    made = await resolve("cancel all visits at Corner Bakery")
    shown = made.proposal.model_dump_json()
    assert '"pick":"all"' in shown
    assert "Corner Bakery" in shown


async def test_an_apostrophe_alone_owns_as_well() -> None:
    _, arguments = await one("cancel Jonas' next visit")
    assert '"text":"Jonas"' in arguments["visit"].model_dump_json()


async def test_what_somebody_rang_to_say_is_no_message() -> None:
    made = await resolve("Rosa rang to say she is ill, cancel her next visit")
    assert made.proposal.result.calls[0].action == "hall.cancel_visit"


async def test_what_is_counted_in_a_question_may_be_held_in_a_state() -> None:
    made = await resolve("how many visits does Rosa have?")
    assert '"kind":"count"' in made.proposal.model_dump_json()


@pytest.mark.parametrize(
    "text", ["thanks for the visit with Rosa, see you on 3 December", "thank you Rosa, on Friday then"]
)
async def test_thanks_order_nothing(text: str) -> None:
    assert not isinstance(await resolve(text), Proposed)


@pytest.mark.parametrize(
    "text",
    [
        "cancel Rosa's parking space",
        "cancel Rosa's old van please",
        "cancel Rosa's data",
        "cancel Rosa's newsletter, she asked for it",
    ],
)
async def test_something_else_that_a_person_has_is_not_what_the_action_takes(text: str) -> None:
    assert isinstance(await resolve(text), Abstain)


@pytest.mark.parametrize(
    "text",
    ["cancel Rosa's visit", "please cancel Rosa's next one", "cancel Rosa's, she is ill", "cancel Rosa's repair"],
)
async def test_what_a_person_has_may_be_said_by_its_noun_a_value_or_not_at_all(text: str) -> None:
    assert (await one(text))[0] == "cancel_visit"
