"""What descriptions say in words about the parameters they demand."""

from __future__ import annotations

from typing import Any

import pytest

from agent.extract.description_hints import list_alternatives, read_default

NAMES = ("berth", "boat_name", "limit")


@pytest.mark.parametrize(
    ("description", "demanded"),
    [
        ("Finds a boat. Either 'berth' or 'boat_name' must be given.", ("berth", "boat_name")),
        ("Finds a boat; at least one of boat_name, berth is required.", ("berth", "boat_name")),
        ("Finds a boat by 'berth' or 'boat_name'.", ()),
        ("Finds boats. Either 'berth' or 'boat_name' narrows the list.", ()),
        ("Finds a boat. At least one filter must be given.", ()),
    ],
)
def test_a_description_may_demand_one_of_several_parameters(description: str, demanded: tuple[str, ...]) -> None:
    assert list_alternatives(description, NAMES) == demanded


@pytest.mark.parametrize(
    ("kind", "description", "value"),
    [
        ("integer", "How many boats. Defaults to 12.", 12),
        ("integer", "How many boats (default: 12)", 12),
        ("integer", "How many boats, 1 to 50. If nobody says it, use 12.", 12),
        ("number", "How long they are, default is 7.5 if not given", 7.5),
        ("boolean", "Whether sold ones count. Default is false.", False),
        ("order", "How they stand. Default is 'Newest'.", "newest"),
        ("integer", "How many boats. Default is 12 dozen.", None),
        ("integer", "The default berth has 12 boats.", None),
        ("integer", "Default is 12; the default is 15.", None),
        ("integer", "Default is 1.5.", None),
        ("string", "The flag. Default is white.", None),
        ("order", "How they stand. Default is random.", None),
        ("integer", "How many boats. Defaults to 12 when the berth is free.", None),
        ("integer", "How many boats. Defaults to 12, or 20 for members.", None),
        ("integer", "How many boats. If given, uses 12.", None),
        ("boolean", "Whether sold ones count. Does not default to true.", None),
        ("integer", "How many boats. There is no default: 12 are common.", None),
        ("integer", "How many boats. Defaults to 12 if it is omitted.", 12),
        ("integer", "How many boats. Defaults to 12 unless given.", 12),
    ],
)
def test_a_description_may_say_what_is_taken_where_nobody_says_it(kind: str, description: str, value: Any) -> None:
    schema: dict[str, Any] = {"type": kind} if kind != "order" else {"type": "string", "enum": ["newest", "oldest"]}
    assert read_default({**schema, "description": description}) == value
