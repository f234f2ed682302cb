"""Ids of two parts: the part that is sent alone means a record only within the owner that the call says."""

from __future__ import annotations

from registry.contract import Contract
from registry.records import Field, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import Case, Row, contract, params

OWN = (Field("id", "id"), Field("own_id", "integer"), Field("site", "id"), Field("name", search="name"))
WITHIN = {"relations": (Relation("site", "site"),), "label": "{name}"}
KINDS = (
    RecordKind("site", "Site", ("site", "sites"), (Field("id", "id"), Field("name", search="name")), label="{name}"),
    RecordKind("plant", "Plant", ("plant", "plants"), OWN, **WITHIN),  # type: ignore[arg-type]
    RecordKind("bed", "Bed", ("bed", "beds"), OWN, **WITHIN),  # type: ignore[arg-type]
)


def row(site: str, own: int, name: str) -> Row:
    return {"id": f"{site}/{own}", "own_id": own, "site": site, "name": name}


ROWS = {
    "site": [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}],
    "plant": [row("north", 1, "Fern")],
    "bed": [row("north", 4, "Shade"), row("south", 4, "Sunny")],
}


def plant_in() -> Contract:
    properties = {"site": {"type": "string"}, "plant": {"type": "integer"}, "bed": {"type": "integer"}}
    return contract(
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["site", "plant", "bed"],
            "properties": properties,
        },
        annotations={
            "site": {"derive": {"parameter": "plant", "field": "site"}, "sources": ["record"]},
            "plant": {"record": "plant", "field": "own_id"},
            "bed": {"record": "bed", "field": "own_id"},
        },
    )


def case(bed: str) -> Case:
    arguments = {"plant": "Fern", "bed": bed}
    return Case(f"put Fern into {bed}", ("test.act", arguments), rows=ROWS, contracts=[plant_in()], kinds=KINDS)


async def test_records_of_one_owner_are_sent_by_their_own_parts() -> None:
    assert params(await case("Shade").plan()) == {"site": "north", "plant": 1, "bed": 4}


async def test_a_record_of_another_owner_is_never_sent_as_the_one_of_the_same_number() -> None:
    refusal = await case("Sunny").refusal()
    assert "don't belong together" in refusal.detail


async def test_a_list_of_a_record_is_sent_back_as_the_list_that_it_is() -> None:
    tub = RecordKind("tub", "Tub", ("tub", "tubs"), (*OWN[:1], OWN[3], Field("herbs", "json")), label="{name}")
    whole = contract(
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["tub", "herbs"],
            "properties": {"tub": {"type": "string"}, "herbs": {"type": "array", "items": {"type": "string"}}},
        },
        annotations={
            "tub": {"record": "tub"},
            "herbs": {"derive": {"parameter": "tub", "field": "herbs"}, "sources": ["prompt", "record"]},
        },
    )
    rows = {"tub": [{"id": "t1", "name": "Long", "herbs": '["dill","sage"]'}]}
    made = await Case("do Long", ("test.act", {"tub": "Long"}), rows=rows, contracts=[whole], kinds=(tub,)).plan()
    assert params(made) == {"tub": "t1", "herbs": ["dill", "sage"]}
    assert next(each.shown for each in made.steps[0].filled if each.param == "herbs") == "dill, sage"
