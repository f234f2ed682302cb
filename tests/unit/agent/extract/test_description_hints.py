"""What descriptions say in words about the parameters they demand."""

from __future__ import annotations

import pytest

from agent.extract.description_hints import list_alternatives

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
