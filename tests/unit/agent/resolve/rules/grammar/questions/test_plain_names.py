"""Questions about things that go by plain words, amounts by their field's name, and what we own."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_TOOL_LIBRARY = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("neighbour", ["neighbour", "neighbours"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}], label="{name}"),
            define("tool", ["tool", "tools"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "name", "search": "name"}, {"name": "sort", "type": "enum", "values": ["saw", "drill"]},
                {"name": "status", "type": "enum", "values": ["in", "lent", "blunt"]}], label="{name}",
                states={"lent": {"status": ["lent"]}, "blunt": {"status": ["blunt"]}, "saw": {"sort": ["saw"]},
                    "drill": {"sort": ["drill"]}}),
            define("loan", ["loan", "loans"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "neighbour_id", "type": "id"}, {"name": "tool_id", "type": "id"},
                {"name": "pledge", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"}], label="loan {id}",
                relations=[{"kind": "neighbour", "via": "neighbour_id"}, {"kind": "tool", "via": "tool_id"}]),
        ],
        "records": {
            "neighbour": list_rows("id name", (1, "Ida Moss"), (2, "Per Lund")),
            "tool": list_rows("id name sort status", (11, "Green rip saw", "saw", "lent"),
                (12, "Old fret saw", "saw", "blunt"), (13, "Hammer drill", "drill", "in")),
            "loan": list_rows("id neighbour_id tool_id pledge currency", (21, 1, 11, 1500, "EUR"),
                (22, 2, 13, 2000, "EUR")),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("is the hammer drill lent?", "No: Hammer drill (in)."),
        ("is the green rip saw lent?", "Yes: Green rip saw (lent)."),
        ("how much is the pledge of loan 21", "Loan 21: pledge 15.00 EUR."),
        ("how much is the pledge for loan 22?", "Loan 22: pledge 20.00 EUR."),
        ("how many saws do we own?", "2 saw tools: "),
        ("how many tools do we own", "3 tools: "),
    ],
)
async def test_they_are_answered(text: str, told: str) -> None:
    made = (await ask(_TOOL_LIBRARY, text)).verdict
    assert isinstance(made, Reply), made
    assert made.text.startswith(told)


@pytest.mark.parametrize("text", ["is the chisel lent?", "is the hammer drill lent in Rome?"])
async def test_nothing_is_passed_over(text: str) -> None:
    made = (await ask(_TOOL_LIBRARY, text)).verdict
    assert not isinstance(made, Reply) or made.partial, made
    assert not isinstance(made, Question) or "chisel" in made.text
