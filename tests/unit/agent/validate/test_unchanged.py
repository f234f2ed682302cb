"""Which calls change nothing where the contract doesn't say what they write: inferred for closed values and relations
of one record, and for nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Refusal
from evals.cases.frozen_world import FrozenWorld
from tests.unit import marina
from tests.unit.agent.validate.fake_platform import Case, contract, params
from tests.unit.choir import (
    CONCERT,
    HALL,
    SINGER,
    STATUS,
    VOICE,
    action,
    chosen,
    concert,
    make_task,
    singer,
    step,
    told,
)
from tests.unit.own_worlds import find, number, read_words, world

_ID = {"type": "integer", "minimum": 1}
OLD_MILL = find("hall", "the Old Mill")
VESPERS = concert("Spring Vespers")


def of_concert(name: str, other: str, schema: dict[str, Any], note: dict[str, Any] | None = None, **more: Any) -> Any:
    notes = {"concert_id": CONCERT, **({other: note} if note else {})}
    return action(name, {"concert_id": _ID, other: schema}, notes, **more)


async def verdict_of(text: str, offer: Any, **arguments: Any) -> Any:
    name = offer["name"].removeprefix("choir.")
    return (await told(make_task(text, offer), step(name, **arguments))).verdict


@pytest.mark.parametrize("name", ["set_status", "update_concert", "change_concert_status", "mark_concert"])
async def test_a_closed_value_of_the_records_own_field_is_compared_without_regard_to_case(name: str) -> None:
    made = await verdict_of(
        "Spring Vespers goes public", of_concert(name, "status", STATUS), concert_id=VESPERS,
        status=chosen("public", "public"),
    )  # fmt: skip
    assert isinstance(made, Refusal), made
    assert made.detail == "The status of Spring Vespers is public already. Nothing was done."


async def test_another_value_is_planned() -> None:
    made = await verdict_of(
        "Carol Night goes public", of_concert("set_status", "status", STATUS), concert_id=concert("Carol Night"),
        status=chosen("public", "public"),
    )  # fmt: skip
    assert isinstance(made, Plan), made


@pytest.mark.parametrize("name", ["move_concert", "assign_hall", "switch_hall"])
async def test_the_relation_of_that_name_is_compared(name: str) -> None:
    offer = of_concert(name, "hall_id", _ID, HALL)
    made = await verdict_of("Spring Vespers is in the Old Mill", offer, concert_id=VESPERS, hall_id=OLD_MILL)
    assert isinstance(made, Refusal), made
    assert made.detail == "The hall of Spring Vespers is Old Mill already. Nothing was done."
    barn = find("hall", "Town Barn")
    made = await verdict_of("Spring Vespers is in Town Barn", offer, concert_id=VESPERS, hall_id=barn)
    assert isinstance(made, Plan), made


async def test_yes_or_no_is_compared_too() -> None:
    offer = action("set_guest", {"singer_id": _ID, "guest": {"type": "boolean"}}, {"singer_id": SINGER})
    arguments = {"singer_id": singer("Sam Ortiz"), "guest": chosen(True, "guest")}
    made = await verdict_of("Sam Ortiz is a guest", offer, **arguments)
    assert isinstance(made, Refusal), made
    assert made.detail == "Sam Ortiz: guest is yes already. Nothing was done."
    arguments["singer_id"] = singer("Nell Brody")
    assert isinstance(await verdict_of("Nell Brody is a guest", offer, **arguments), Plan)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("announce_concert", {}),  # what it does is not to set a value
        ("concert_status", {}),
        ("set_reminder", {}),  # it sets something else, which has a status too
        ("change_ticket_status", {}),
        ("set_status", {"risk": "irreversible"}),
        ("set_status", {"risk": "read"}),
    ],
)
async def test_an_action_that_is_not_plainly_named_after_what_it_sets_is_made(name: str, more: dict[str, Any]) -> None:
    offer = of_concert(name, "status", STATUS, **more)
    made = await verdict_of("Spring Vespers public", offer, concert_id=VESPERS, status=chosen("public", "public"))
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("other", "schema", "note", "said", "argument"),
    [
        ("row", {"type": "integer"}, {"unit": "count"}, "2", number(2, "2")),
        ("row", {"enum": [1, 2]}, None, "2", chosen(2, "2")),
        (
            "day",
            {"type": "string", "format": "date"},
            None,
            "2026-12-05",
            {"date": "2026-12-05", "quote": "2026-12-05"},
        ),
        ("status", {"type": "string", "maxLength": 20}, None, "Public", chosen("Public", "Public")),
        ("state", STATUS, None, "public", chosen("public", "public")),
    ],
)
async def test_nothing_is_inferred_of_numbers_dates_texts_and_other_names(
    other: str, schema: dict[str, Any], note: dict[str, Any] | None, said: str, argument: Any
) -> None:
    offer = of_concert(f"set_{other}", other, schema, note)
    made = await verdict_of(f"Spring Vespers {said}", offer, concert_id=VESPERS, **{other: argument})
    assert isinstance(made, Plan), made


async def test_nothing_is_inferred_of_an_action_that_takes_more() -> None:
    names = {"concert_id": _ID, "status": STATUS, "quietly": {"type": "boolean", "default": True}}
    offer = action("set_status", names, {"concert_id": CONCERT}, required=["concert_id", "status"])
    arguments = {"concert_id": VESPERS, "status": chosen("public", "public"), "quietly": None}
    assert isinstance(await verdict_of("Spring Vespers public", offer, **arguments), Plan)
    of_three = {**offer, "parameters": {**offer["parameters"], "required": list(names)}}
    arguments["quietly"] = chosen(True, "quietly")
    assert isinstance(await verdict_of("Spring Vespers public quietly", of_three, **arguments), Plan)


async def test_nothing_is_inferred_of_another_relation_to_the_same_kind() -> None:
    offer = of_concert("move_concert", "host_id", _ID, HALL)
    made = await verdict_of("Spring Vespers the Old Mill", offer, concert_id=VESPERS, host_id=OLD_MILL)
    assert isinstance(made, Plan), made
    offer = of_concert("assign_spare", "spare_id", _ID, HALL)
    made = await verdict_of("Spring Vespers the Old Mill", offer, concert_id=VESPERS, spare_id=OLD_MILL)
    assert isinstance(made, Plan), made


async def test_nothing_is_inferred_where_the_other_record_is_its_owner_by_contract() -> None:
    notes = {"concert_id": {**CONCERT, "of": "hall_id"}, "hall_id": HALL}
    offer = action("move_concert", {"concert_id": _ID, "hall_id": _ID}, notes)
    made = await verdict_of("Spring Vespers the Old Mill", offer, concert_id=VESPERS, hall_id=OLD_MILL)
    assert isinstance(made, Plan), made


async def test_nothing_is_inferred_from_a_default() -> None:
    offer = of_concert("update_concert", "status", {**STATUS, "default": "public"})
    made = await verdict_of("update Spring Vespers", offer, concert_id=VESPERS, status=None)
    assert isinstance(made, Plan), made


async def test_nothing_is_inferred_of_a_record_that_led_to_the_other_one() -> None:
    schema = {"type": "object", "additionalProperties": False, "required": ["ticket_id", "customer_id"],
              "properties": {"ticket_id": {"type": "integer"}, "customer_id": {"type": "integer"}}}  # fmt: skip
    notes = {"ticket_id": {"record": "ticket"}, "customer_id": {"record": "customer"}}
    move = contract("test.move_ticket", parameters=schema, annotations=notes)
    case = Case("move Berta's ticket", ("test.move_ticket", {"ticket_id": "Berta's ticket"}), contracts=[move])
    made = await case.plan()
    assert params(made) == {"ticket_id": 5519, "customer_id": 3}
    assert made.unchanged is None


# ── what a offer says ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "field", "schema", "note", "argument"),
    [
        ("Carol Night at 60 EUR", "price", {"type": "number"}, {"unit": "money", "currency": "EUR"},
         number(60, "60 EUR", "EUR")),
        ("Carol Night at 1", "sold_out", {"type": "integer"}, {"unit": "count"}, number(1, "1")),
    ],
)  # fmt: skip
async def test_what_can_not_be_compared_is_planned(
    text: str, field: str, schema: dict[str, Any], note: dict[str, Any], argument: Any
) -> None:
    written = of_concert("set_it", "it", schema, {**note, "replaces": {"parameter": "concert_id", "field": field}})
    made = await verdict_of(text, written, concert_id=concert("Carol Night"), it=argument)
    assert isinstance(made, Plan), made


async def test_an_id_is_the_same_as_its_text() -> None:
    written = of_concert("give_hall", "to", _ID, {**HALL, "replaces": {"parameter": "concert_id", "field": "hall_id"}})
    arguments = {"concert_id": concert("Carol Night"), "to": find("hall", "the Town Barn")}
    made = await verdict_of("give Carol Night the Town Barn", written, **arguments)
    assert isinstance(made, Refusal), made
    assert made.detail == "The hall of Carol Night is Town Barn already. Nothing was done."


async def test_a_default_a_derived_value_and_the_owner_say_nothing_besides() -> None:
    loud, count, day = {"type": "boolean", "default": False}, {"type": "integer"}, {"type": "string"}
    names = {"concert_id": _ID, "hall_id": _ID, "seats": count, "loud": loud, "day": day}
    notes = {
        "concert_id": {**CONCERT, "of": "hall_id"},
        "hall_id": HALL,
        "seats": {"unit": "count", "replaces": {"parameter": "concert_id", "field": "seats"}},
        "day": {"derive": {"parameter": "concert_id", "field": "day"}, "sources": ["record"]},
    }
    offer = action("set_seats", names, notes)
    arguments = {"concert_id": VESPERS, "hall_id": OLD_MILL, "seats": number(90, "90"), "loud": None}
    made = await verdict_of("Spring Vespers in the Old Mill has 90 seats", offer, **arguments)
    assert isinstance(made, Refusal), made
    assert made.detail == "The seats of Spring Vespers are 90 already. Nothing was done."


async def test_a_record_that_is_only_a_number_is_called_by_its_kind() -> None:
    names = {"locker_id": _ID, "state": {"type": "string", "enum": ["open", "shut"]}}
    offer = action("set_state", names, {"locker_id": {"record": "locker"}})
    made = await verdict_of("locker 70 is shut", offer, locker_id=find("locker", "70"), state=chosen("shut", "shut"))
    assert isinstance(made, Refusal), made
    assert made.detail == "The state of locker 70 is shut already. Nothing was done."


async def test_a_call_for_several_records_at_once_is_made_if_one_of_them_changes() -> None:
    names = {"singer_ids": {"type": "array", "items": _ID, "maxItems": 5}, "voice": VOICE}
    notes = {"singer_ids": {"record": "singer"}, "voice": {"replaces": {"parameter": "singer_ids", "field": "voice"}}}
    offer = action("set_voices", names, notes)
    everybody = {**find("singer"), "pick": "all"}
    made = await verdict_of("set all singers to alto", offer, singer_ids=everybody, voice=chosen("alto", "alto"))
    assert isinstance(made, Plan), made


@pytest.mark.parametrize("text", ["take Spring Vespers off the public ones", "move Spring Vespers from public"])
async def test_a_value_to_be_left_is_asked_for_anew(text: str) -> None:
    made = await verdict_of(
        text, of_concert("set_status", "status", STATUS), concert_id=VESPERS, status=chosen("public", "public")
    )
    assert isinstance(made, Question), made
    assert made.text.startswith("The status of Spring Vespers is public now. What should it be instead: ")
    assert "public" not in [each.id for each in made.candidates]
    assert made.candidates


async def test_what_a_label_holds_is_told_of_its_owner() -> None:
    names = {"pass_id": _ID, "tier": {"type": "string", "enum": ["day", "season"]}}
    notes = {"pass_id": {"record": "pass"}, "tier": {"replaces": {"parameter": "pass_id", "field": "tier"}}}
    fields = [
        *({"name": "id", "type": "id", "search": "number"}, {"name": "skipper_id", "type": "id"}),
        *({"name": "skipper_name", "search": "name"}, {"name": "tier", "type": "enum", "values": ["day", "season"]}),
    ]
    skipper = marina.define("skipper", ["skipper"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}])
    held = marina.define(
        "pass", ["pass", "passes"], fields, label="{tier}", relations=[{"kind": "skipper", "via": "skipper_id"}]
    )
    rows = {
        "skipper": [{"id": 61, "name": "Greta Holm"}],
        "pass": [{"id": 7, "skipper_id": 61, "skipper_name": "Greta Holm", "tier": "season"}],
    }
    contracts = [marina.offer("set_tier", "Change a pass", "Set the tier of a pass.", names, notes)]
    world = FrozenWorld({"contracts": contracts, "kinds": [skipper, held], "records": rows})
    made = (await marina.ask(world, "change pass 7 to season")).verdict
    assert isinstance(made, Refusal), made
    assert made.detail == "The tier of Greta Holm is season already. Nothing was done."


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("assign task 61 to Kemi and assign task 61 to Pedro", "hotel", True),
        ("assign task 61 to Kemi and assign task 62 to Pedro", "hotel", False),
        ("set Samir to advanced and set Samir to beginner", "riding", True),
    ],
)
async def test_one_plan_gives_a_field_of_a_record_one_value(text: str, name: str, told: bool) -> None:
    made = await read_words(text, world(name))
    assert (isinstance(made, Refusal) and "would be both" in made.detail) is told, made
    assert told or isinstance(made, Plan)
