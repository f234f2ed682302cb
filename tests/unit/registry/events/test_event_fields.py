"""What can be picked of events: fields of the catalogue's schemas and of what came."""

from __future__ import annotations

from registry.events import event_catalogue, event_fields
from registry.events.event_fields import ENVELOPE, EventField


def by_path(pattern: str, *carried: dict[str, object]) -> dict[str, EventField]:
    return {each.path: each for each in event_fields.list_pattern_fields(pattern, carried)}


def test_every_field_of_the_catalogue_can_be_picked_with_its_kind() -> None:
    for name, each in event_catalogue.load_event_types().items():
        found = by_path(name)
        assert {f"data.{field}" for field in each.schema["properties"]} <= set(found)
        assert all(one.kinds for one in found.values()), name


def test_a_field_says_what_it_may_be_and_whether_it_is_always_there() -> None:
    found = by_path("invoice.paid")
    assert found["data.amount"].kinds == {"number"}
    assert found["data.invoice_id"].kinds == {"number", "text"}
    assert found["data.invoice_id"].required
    assert not found["data.method"].required
    assert found["data.amount"].pointer == "/data/amount"
    assert list(found.values())[-3:] == list(ENVELOPE)


def test_a_pattern_has_the_fields_of_all_that_fit_and_requires_what_all_require() -> None:
    found = by_path("invoice.*")
    assert {"data.reason", "data.days_overdue", "data.method"} <= set(found)
    assert found["data.invoice_id"].required
    assert not found["data.amount"].required, "invoice.voided need not have one"


def test_what_came_adds_fields_that_no_schema_knows() -> None:
    carried = {
        "parcel": {"weight_g": 1200, "labels": ["a"], "deep": {"deeper": {"deepest": 1}}},
        "fragile": True,
        "x-y": 1,
        "in": 2,
    }
    found = by_path("parcel.lost", carried)
    assert found["data.parcel.weight_g"].kinds == {"number"}
    assert found["data.parcel.labels"].kinds == {"list"}
    assert found["data.fragile"].kinds == {"truth"}
    assert not found["data.fragile"].required
    assert not any("deep" in path or "x-y" in path or path == "data.in" for path in found)


def test_kinds_of_a_field_that_comes_in_two_ways_are_both() -> None:
    assert by_path("parcel.lost", {"id": 7}, {"id": "seven"})["data.id"].kinds == {"number", "text"}


def test_a_flood_of_fields_is_cut() -> None:
    assert len(by_path("parcel.lost", {f"f{at}": at for at in range(1000)})) == event_fields.MAX_FIELDS + len(ENVELOPE)
