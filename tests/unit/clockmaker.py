"""A clockmaker's workshop: customers with credit, their clocks, the repairs of those, and sales with their refunds."""

from __future__ import annotations

from typing import Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_CONTRACT: Final = {
    **offer_of_marina("collect", "Hand back a repair", "Hand back a repair.", {"repair_id": _NUMBER},
        {"repair_id": {"record": "repair"}}),
    "name": "clocks.collect", "endpoint": {"url": "https://platform.invalid/clocks.collect"},
}  # fmt: skip
_KINDS: Final = [
    define("keeper", ["keeper", "keepers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "email", "type": "email", "search": "email"},
        {"name": "credit", "type": "money_minor", "currency_field": "currency"},
        {"name": "currency", "type": "currency"}], label="{name}"),
    define("clock", ["clock", "clocks"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "keeper_id", "type": "id"}], label="{name}",
        relations=[{"kind": "keeper", "via": "keeper_id"}]),
    define("smith", ["smith", "smiths"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "email", "type": "email", "search": "email"}], label="{name}"),
    define("shelf", ["shelf", "shelves"], [{"name": "id", "type": "id"},
        {"name": "code", "search": "number"}], label="{code}"),
    define("repair", ["repair", "repairs", "booking", "bookings"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "clock", "search": "name"}, {"name": "keeper", "search": "name"}, {"name": "clock_id", "type": "id"},
        {"name": "keeper_id", "type": "id"}, {"name": "shelf_id", "type": "id"}, {"name": "smith_id", "type": "id"},
        {"name": "starts", "type": "date", "ranged": True},
        {"name": "status", "type": "enum", "values": ["booked", "in", "back"]}],
        label="repair {id}", order="starts",
        states={"booked": {"status": ["booked"]}, "in": {"status": ["in"]}, "repairing": {"status": ["in"]},
                "back": {"status": ["back"]}},
        relations=[{"kind": "clock", "via": "clock_id"}, {"kind": "keeper", "via": "keeper_id"},
                   {"kind": "shelf", "via": "shelf_id"}, {"kind": "smith", "via": "smith_id"}]),
    define("sale", ["sale", "sales"], [{"name": "id", "type": "id"}, {"name": "number", "search": "number"},
        {"name": "keeper_id", "type": "id"}, {"name": "status", "type": "enum", "values": ["open", "paid", "refunded"]},
        {"name": "status_at", "type": "date", "label": "Status since", "ranged": True},
        {"name": "issued_on", "type": "date", "label": "Issued", "ranged": True},
        {"name": "paid_on", "type": "date", "label": "Paid", "ranged": True},
        {"name": "total", "type": "money_minor", "currency_field": "currency"},
        {"name": "refunded", "type": "money_minor", "label": "Refunded so far", "currency_field": "currency"},
        {"name": "currency", "type": "currency"}],
        label="{number}", order="issued_on", size="total",
        states={"open": {"status": ["open"]}, "unpaid": {"status": ["open"]}, "paid": {"status": ["paid"]},
                "refunded": {"status": ["refunded"]}},
        relations=[{"kind": "keeper", "via": "keeper_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "keeper": list_rows("id name email credit currency", (1, "Ida Roth", "i@post.example", 1500, "EUR"),
        (2, "Olaf Finn", "o@post.example", 0, "EUR"), (3, "Pia Sand", "p@post.example", 6000, "CHF")),
    "clock": list_rows("id name keeper_id", (11, "Tall Tom", 1), (12, "Night Owl", 1), (13, "Pina", 2)),
    "smith": list_rows("id name email", (31, "Ezra", "e@post.example"), (32, "Nell", "n@post.example")),
    "shelf": list_rows("id code", (21, "K4"), (22, "K5")),
    "repair": list_rows("id clock keeper clock_id keeper_id shelf_id smith_id starts status",
        (701, "Tall Tom", "Ida Roth", 11, 1, 21, 31, "2026-11-23", "in"),
        (702, "Night Owl", "Ida Roth", 12, 1, 22, None, "2026-12-03", "booked"),
        (703, "Pina", "Olaf Finn", 13, 2, 21, 31, "2026-12-07", "booked"),
        (704, "Tall Tom", "Ida Roth", 11, 1, 22, 32, "2026-10-01", "back")),
    "sale": list_rows("id number keeper_id status status_at issued_on paid_on total refunded currency",
        (41, "S-41", 1, "refunded", "2026-10-02", "2026-09-20", None, 4000, 4000, "EUR"),
        (42, "S-42", 2, "refunded", "2026-11-02", "2026-10-20", None, 9000, 9000, "EUR"),
        (43, "S-43", 3, "open", "2026-10-21", "2026-10-21", None, 7000, 0, "CHF"),
        (44, "S-44", 1, "paid", "2026-10-25", "2026-10-05", "2026-10-25", 2500, 0, "EUR"),
        (45, "S-45", 2, "open", "2026-11-05", "2026-11-05", None, 3000, 0, "EUR")),
}  # fmt: skip
CLOCKMAKER: Final = FrozenWorld({"contracts": [_CONTRACT], "kinds": _KINDS, "records": _RECORDS})


async def ask_clockmaker(text: str) -> Outcome:
    return await ask(CLOCKMAKER, text)
