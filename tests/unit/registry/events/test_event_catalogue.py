"""The catalogue of universal events, and the page that lists it."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import pytest

from registry.events import event_catalogue, event_names

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "events.md").read_text(encoding="utf-8")
NAMES = list(event_catalogue.load_event_types())


def test_there_are_forty_and_more_in_every_category() -> None:
    assert len(NAMES) >= 40
    assert {each.category for each in event_catalogue.load_event_types().values()} == set(event_catalogue.CATEGORIES)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_name_a_schema_and_a_sample_that_fits_it(name: str) -> None:
    each = event_catalogue.load_event_types()[name]
    assert event_names.is_name(name)
    jsonschema_rs.meta.validate(dict(each.schema))
    assert event_catalogue.find_misfits(name, each.sample) == []
    assert each.schema["required"], "a schema that requires nothing checks nothing"
    assert all("description" in prop or "type" in prop for prop in each.schema["properties"].values())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_required_is_missed(name: str) -> None:
    each = event_catalogue.load_event_types()[name]
    for field in each.schema["required"]:
        less = {key: value for key, value in each.sample.items() if key != field}
        assert event_catalogue.find_misfits(name, less), field


def test_a_wrong_field_is_named_by_its_place_in_the_body() -> None:
    sample = dict(event_catalogue.load_event_types()["invoice.paid"].sample)
    (finding,) = event_catalogue.find_misfits("invoice.paid", sample | {"currency": "euros"})
    assert finding.pointer == "/data/currency"


def test_more_fields_may_come_along() -> None:
    sample = dict(event_catalogue.load_event_types()["invoice.paid"].sample)
    assert event_catalogue.find_misfits("invoice.paid", sample | {"anything": {"at": ["all"]}}) == []


def test_a_custom_name_has_no_schema() -> None:
    assert event_catalogue.find_misfits("parcel.weighed", {"x": 1}) == ()


def test_the_page_lists_exactly_the_catalogue() -> None:
    listed = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.split("\n## The catalogue\n", 1)[1].split("\n## ", 1)[0], re.M)
    assert listed == NAMES


def test_the_page_says_of_each_what_its_data_must_hold() -> None:
    for name, each in event_catalogue.load_event_types().items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        for field in each.schema["required"]:
            assert f"`{field}`" in row, (name, field)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("order.shiped", "order.shipped"),
        ("orderShipped", "order.shipped"),
        ("ORDER_SHIPPED", "order.shipped"),
        ("ivnoice.paid", "invoice.paid"),
        ("order.shipped", None),
        ("order.shipment", None),
        ("parcel.weighed", None),
        ("run.finishd", None),
        ("", None),
        ("o" * 100_000, None),
    ],
)
def test_a_name_a_slip_away_from_a_universal_one_is_told_which(name: str, meant: str | None) -> None:
    assert event_catalogue.find_meant(name) == meant
    assert event_catalogue.suggest(name) == (f" Did you mean {meant}?" if meant else "")


def test_no_universal_name_is_taken_for_another() -> None:
    assert [event_catalogue.find_meant(name) for name in NAMES] == [None] * len(NAMES)


def test_the_category_of_our_own_events_is_written_as_the_product_is() -> None:
    assert [event_catalogue.name_category(each) for each in ("billing", event_catalogue.OWN)] == ["billing", "OpsIQ"]
