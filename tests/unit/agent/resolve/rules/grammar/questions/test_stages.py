"""Questions about how far things have come: what hasn't happened yet, what was done last, what nobody is on."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_PRESS = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("shop", ["shop", "shops"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("reader", ["reader", "readers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "email", "type": "email"}, {"name": "shop_id", "type": "id"},
                {"name": "state", "type": "enum", "values": ["active", "barred"]}], label="{name}",
                relations=[{"kind": "shop", "via": "shop_id"}],
                states={"active": {"state": ["active"]}, "barred": {"state": ["barred"]}}),
            define("printer", ["printer", "printers"], [{"name": "id", "type": "id"},
                {"name": "name", "search": "name"}, {"name": "phone", "type": "string"}], label="{name}"),
            define("order", ["order", "orders"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "title", "search": "text"}, {"name": "reader_id", "type": "id"}, {"name": "reader_name"},
                {"name": "printer_id", "type": "id"}, {"name": "printer_name"},
                {"name": "total", "type": "money_minor"}, {"name": "copies", "type": "integer"},
                {"name": "status", "type": "enum", "values": ["unpaid", "paid", "bound", "closed", "cancelled"]},
                {"name": "ordered_on", "type": "date", "ranged": True},
                {"name": "cancelled_on", "type": "date", "ranged": True},
                {"name": "due_on", "type": "date", "ranged": True}, {"name": "note", "type": "string"}],
                label="order {id}", order="ordered_on", size="total",
                relations=[{"kind": "reader", "via": "reader_id"}, {"kind": "printer", "via": "printer_id"}],
                states={each: {"status": [each]} for each in ("unpaid", "paid", "bound", "closed", "cancelled")}),
        ],
        "records": {
            "shop": list_rows("id name", (1, "Inkwell"), (2, "Margin")),
            "reader": list_rows("id name email shop_id state", (11, "Tilda Roe", "t@press.example", 1, "active"),
                (12, "Otis Pell", "o@press.example", 1, "barred"), (13, "Wim Dale", "w@press.example", 2, "active")),
            "printer": list_rows("id name phone", (21, "Hanne Krog", "+1 555 0101")),
            "order": list_rows("id title reader_id reader_name printer_id printer_name total copies status ordered_on "
                "cancelled_on due_on note",
                (31, "Atlas of Mondays", 11, "Tilda Roe", None, None, 4000, 5, "unpaid", "2026-11-20", None,
                    "2026-11-30", None),
                (32, "Tide Tables", 11, "Tilda Roe", 21, "Hanne Krog", 2000, 9, "bound", "2026-11-10", None,
                    "2026-11-25", "blue cloth"),
                (33, "Old Maps", 12, "Otis Pell", None, None, 3000, 2, "closed", "2026-10-01", None, "2026-11-25",
                    None),
                (34, "Bird Songs", 13, "Wim Dale", 21, "Hanne Krog", 9000, 4, "cancelled", "2026-09-01", "2026-11-19",
                    "2026-11-25", "sold out"),
                (35, "Short Walks", 12, "Otis Pell", 21, "Hanne Krog", 1000, 4, "cancelled", "2026-11-02",
                    "2026-11-08", "2026-12-09", None),
                (36, "Long Walks", 12, "Otis Pell", 21, "Hanne Krog", 1500, 4, "paid", "2026-11-03", None,
                    "2026-12-09", None)),
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("orders that haven't been bound", [31, 36]),
        ("orders nobody is on", [31]),
        ("closed orders nobody is on", [33]),
        ("last cancelled order", [34]),
        ("oldest cancelled order", [34]),
        ("first cancelled order", [35]),
        ("who cancelled last", [34]),
        ("which orders are cancelled but not Otis Pell's", [34]),
        ("how much is out in orders", [31]),
        ("what falls due on monday", [31]),
        ("which orders fall due tomorrow", [32]),
        ("what did tilda order last", [31]),
        ("last thing otis ordered", [36]),
        ("tildas orders", [31, 32]),
        ("why was order 34 cancelled", [34]),
        ("which is bigger, 31 or 34", None),
    ],
)
async def test_the_stage_is_told(text: str, ids: list[int] | None) -> None:
    made = (await ask(_PRESS, text)).verdict
    told = [int(each.id) for each in made.records] if isinstance(made, Reply) and not made.partial else None
    assert (sorted(told) if told is not None else None) == ids, made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("who at inkwell is barred", "Otis Pell."),
        ("what does the note on order 32 say", "Order 32: note blue cloth."),
        ("which orders are unpaid but not closed", "Order 31."),
        ("what was cancelled", ""),
    ],
)
async def test_what_is_said_of_it_is_told(text: str, told: str) -> None:
    made = (await ask(_PRESS, text)).verdict
    assert (made.text if isinstance(made, Reply) and not made.partial else "").startswith(told), made
