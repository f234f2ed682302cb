"""A connector is a folder with one class; a broken one harms no other. The folders stand beside this file."""

from __future__ import annotations

from registry.discovery import BrokenConnector, discover

PACKAGE = "tests.unit.registry.dropped"
FOUND, BROKEN = discover(PACKAGE)
WHY = {each.name: each.why for each in BROKEN}


def test_the_good_one_is_found_with_its_name_and_title() -> None:
    assert [(each.name, each.title, each.cls.__qualname__) for each in FOUND] == [("good", "A good platform", "Good")]


def test_every_broken_one_is_reported_with_its_own_reason() -> None:
    assert sorted(WHY) == ["Upper", "explodes", "nameless", "quits", "spare", "two"]
    assert "lower-case" in WHY["Upper"]
    assert "RuntimeError: no licence file" in WHY["explodes"]
    assert "set name = 'nameless'" in WHY["nameless"]
    assert "SystemExit" in WHY["quits"]
    assert "no class" in WHY["spare"]
    assert "First, Second" in WHY["two"]


def test_a_report_reads_as_a_line() -> None:
    assert str(BrokenConnector("two", "it holds 2 connectors")) == "two: it holds 2 connectors"


def test_the_connectors_of_this_house_are_whole() -> None:
    found, broken = discover()
    assert "saas" in [each.name for each in found]
    assert broken == []
