"""Labels of drafted kinds tell two records apart, also where a record's only name is another thing's."""

from __future__ import annotations

from typing import Any

import pytest

from registry.importing.decisions import SCHEMA
from tests.unit.registry.importing.samples import api, imported

DAY = "{type: string, format: date}"
MOMENT = "{type: string, format: date-time}"
TEXT = "{type: string}"


def listing(plural: str, **properties: str) -> str:
    """A document that lists and reads records with these properties."""
    held = ", ".join(f"{name}: {said}" for name, said in {"id": "{type: integer}", **properties}.items())
    record = f"{{type: object, properties: {{{held}}}}}"
    return api(
        f"""
/{plural}:
  get:
    responses: {{"200": {{content: {{application/json: {{schema: {{type: array, items: {record}}}}}}}}}}}
/{plural}/{{id}}:
  get:
    parameters: [{{name: id, in: path, required: true, schema: {{type: integer}}}}]
    responses: {{"200": {{content: {{application/json: {{schema: {record}}}}}}}}}
"""
    )


def draft(plural: str, **properties: str) -> dict[str, Any]:
    """The drafted kind of a list of records with these properties."""
    (made,) = imported(listing(plural, **properties)).kinds
    return dict(made.entry)


@pytest.mark.parametrize(
    ("plural", "properties", "label", "detail"),
    [
        (
            "rentals",
            {"boat_name": TEXT, "skipper_name": TEXT, "ref": TEXT, "begins_on": DAY, "ends_on": DAY},
            "{ref} · {boat_name} · {begins_on} · {ends_on}",
            "{skipper_name}",
        ),
        (
            "lessons",
            {"teacher_name": TEXT, "status": "{type: string, enum: [planned, held]}", "starts_at": MOMENT,
             "created_at": MOMENT, "updated_at": MOMENT},
            "{teacher_name} · {starts_at}",
            "{status}",
        ),
        ("repairs", {"bike_name": TEXT, "repair_number": TEXT}, "{repair_number} · {bike_name}", ""),
        ("permits", {"holder_name": TEXT, "number": "{type: integer}"}, "{number} · {holder_name}", ""),
        ("berths", {"code": TEXT, "length": "{type: number}"}, "{code}", ""),
        # A record's own name is enough, and nothing else stands with it.
        ("boats", {"name": TEXT, "ref": TEXT, "built_on": DAY}, "{name}", ""),
        ("boats", {"boat_name": TEXT, "built_on": DAY}, "{boat_name}", ""),
        ("harbour-masters", {"master_name": TEXT, "since": DAY}, "{master_name}", ""),
        ("skippers", {"email": "{type: string, format: email}", "code": TEXT}, "{email}", ""),
        ("tides", {"height": "{type: number}"}, "{id}", ""),
    ],
)  # fmt: skip
def test_a_record_is_labelled_by_what_tells_it_from_others(
    plural: str, properties: dict[str, str], label: str, detail: str
) -> None:
    made = draft(plural, **properties)
    assert (made["label"], made.get("detail", "")) == (label, detail)


def test_a_number_that_stands_in_the_label_finds_its_record() -> None:
    assert draft("rentals", boat_name=TEXT, ref=TEXT)["fields"]["ref"]["search"] == "number"
    assert "search" not in draft("branches", name=TEXT, ref=TEXT)["fields"]["ref"]


@pytest.mark.parametrize(("name", "search"), [("id", "number"), ("length", "name"), ("code", "number")])
def test_a_decided_name_that_is_a_number_is_searched_for_as_one(name: str, search: str) -> None:
    document = listing("berths", code=TEXT, length=TEXT)
    (made,) = imported(document, {"schema": SCHEMA, "kinds": {"berth": {"named_by": name}}}).kinds
    assert (made.entry["label"], made.entry["fields"][name]["search"]) == ("{" + name + "}", search)
