"""Fields and what they hold, in words that can be read aloud."""

from __future__ import annotations

import pytest

from agent.validate.records.field_words import add_ended, name_field, tell_field, tell_field_of
from agent.validate.records.located import format_count
from registry.records import Field, RecordKind


def kind_of(*fields: Field, nouns: tuple[str, ...] = ("boat",)) -> RecordKind:
    return RecordKind(name="boat", title="Boat", nouns=nouns, fields=fields)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Field("berths", "integer"), "6", "6 berths"),
        (Field("berths", "integer"), "1", "1 berth"),
        (Field("sail_metres", "number"), "32", "32 sail metres"),
        (Field("length_cm", "integer"), "740", "length 740 cm"),
        (Field("weight", "number", "Weight (kg)"), "900", "weight 900 kg"),
        (Field("rate", "number", "Price per kg"), "3", "price per kg 3"),
        (Field("series", "integer"), "3", "series 3"),
        (Field("in_boxes", "integer"), "4", "in boxes 4"),
        (Field("built", "integer"), "1998", "built 1998"),
        (Field("day", "date"), "3 Dec 2026", "3 Dec 2026"),
        (Field("hauled_on", "date"), "3 Dec 2026", "hauled on 3 Dec 2026"),
        (Field("status", "enum"), "afloat", "afloat"),
        (Field("rig", "enum"), "sloop", "rig sloop"),
        (Field("email", "email"), "ines@boats.example", "ines@boats.example"),
        (Field("insured", "boolean"), "no", "insured: no"),
        (Field("sold_on", "date"), "", "sold on: none"),
        (Field("MMSI"), "211", "MMSI 211"),
        (Field("from_on", "date"), "3 Dec 2026", "from 3 Dec 2026"),
        (Field("text"), "The mast is cracked.", "‘The mast is cracked’"),
        (Field("remark"), "Ready?", "remark ‘Ready?’"),
        (Field("remark"), "two coats", "remark two coats"),
    ],
)
def test_a_field_is_told_with_what_it_holds(field: Field, value: str, said: str) -> None:
    assert tell_field(field, kind_of(field), value) == said


def test_a_name_beside_an_id_is_called_as_whose_name_it_is() -> None:
    id_field, name, other = Field("skipper_id", "id"), Field("skipper_name"), Field("paint_name")
    kind = kind_of(id_field, name, other)
    assert (name_field(name, kind), name_field(other, kind)) == ("skipper", "paint name")


@pytest.mark.parametrize(
    ("nouns", "said"),
    [
        (("yachtsman", "sailor", "sailors", "yachtsmen"), "4 yachtsmen"),
        (("shelf",), "4 shelves"),
        (("ferry",), "4 ferries"),
        (("bus",), "4 buses"),
        (("criterion", "criteria"), "4 criteria"),
        (("tackle", "line", "lines"), "4 tackle"),
        (("deck staff",), "4 deck staff"),
        (("scissors",), "4 scissors"),
    ],
)
def test_several_are_called_by_the_kinds_own_plural(nouns: tuple[str, ...], said: str) -> None:
    assert format_count(4, kind_of(nouns=nouns)) == said


def test_what_a_record_holds_is_a_sentence_where_its_label_is_a_noun() -> None:
    kind = kind_of()
    assert tell_field_of(Field("rig", "enum"), kind, "sloop", "boat 7") == "the rig of boat 7 is sloop"
    assert tell_field_of(Field("sold_on", "date"), kind, "3 Dec 2026", "boat 7") == "boat 7: sold on 3 Dec 2026"
    assert tell_field_of(Field("owed", "number"), kind, "20", "boat 7") == "boat 7: owed 20"


@pytest.mark.parametrize(
    ("state", "asked", "told"),
    [
        ("archived", ["berths"], ["berths", "status"]),
        ("archived", ["status"], ["status"]),
        ("afloat", ["berths"], ["berths"]),
        (None, ["berths"], ["berths"]),
    ],
)
def test_what_has_ended_is_told_of_with_its_state(state: str | None, asked: list[str], told: list[str]) -> None:
    boat = kind_of(Field("berths", "integer"), Field("status", "enum"))
    fields = [each for each in boat.fields if each.name in asked]
    assert [each.name for each in add_ended(fields, boat, {"berths": 4, "status": state})] == told
