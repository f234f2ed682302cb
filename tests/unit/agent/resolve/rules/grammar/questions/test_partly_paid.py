"""What is owed: every record that isn't paid, also where that has several stages, and what is paid of it in part."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_PRINTER = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("shop", ["shop", "shops", "customer", "customers"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}], label="{name}"),
            define("bill", ["bill", "bills"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "shop_id", "type": "id"},
                {"name": "status", "type": "enum",
                    "values": ["draft", "open", "overdue", "paid", "void", "written_off"]},
                {"name": "sum", "type": "money_minor", "currency_field": "currency", "label": "Sum"},
                {"name": "got", "type": "money_minor", "currency_field": "currency", "label": "Paid"},
                {"name": "currency", "type": "currency"}], label="bill {id}", size="sum",
                relations=[{"kind": "shop", "via": "shop_id"}], states={
                    each: {"status": [each]} for each in ("draft", "open", "overdue", "paid", "void", "written_off")}),
        ],
        "records": {
            "shop": list_rows("id name", (1, "Quill Corner"), (2, "Paper Barn"), (3, "Inkwell House")),
            "bill": list_rows("id shop_id status sum got currency", (71, 1, "overdue", 7000, 0, "EUR"),
                (72, 1, "paid", 9900, 9900, "EUR"), (73, 2, "open", 20000, 4500, "EUR"),
                (74, 2, "draft", 5000, 0, "EUR"), (75, 3, "void", 3000, 0, "EUR"),
                (76, 3, "written_off", 2000, 0, "EUR")),
        },
    }
)  # fmt: skip


async def answered(text: str) -> str:
    made = (await ask(_PRINTER, text)).verdict
    assert isinstance(made, Reply), made
    return made.text


async def test_what_is_overdue_is_owed_too() -> None:
    assert (await answered("how much does Quill Corner owe us?")).startswith("Sum: 70.00 EUR")
    assert (await answered("how many bills are still unpaid?")).startswith("2 ")


async def test_what_is_written_off_or_only_drafted_is_not_owed() -> None:
    assert (await answered("how much does Inkwell House owe us?")).startswith("Nothing.")


async def test_what_is_paid_of_it_is_told() -> None:
    told = await answered("how much does Paper Barn owe us?")
    assert told.startswith("Sum: 200.00 EUR")
    assert told.endswith("45.00 EUR of it is paid, 155.00 EUR is left.")
    assert "is left" not in await answered("what is the sum of all bills?")  # nothing is left of the void one


@pytest.mark.parametrize("text", ["which bills are open?", "show the open bills"])
async def test_a_stage_that_is_said_is_that_stage_alone(text: str) -> None:
    told = await answered(text)
    assert "73" in told
    assert "71" not in told
