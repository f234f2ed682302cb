"""A cheese dairy: buyers, cheeses with their stock and price, tours with a driver, orders that have a day of delivery,
claims and coupons."""

from __future__ import annotations

from typing import Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_CONTRACT: Final = {
    **offer_of_marina("close_claim", "Close a claim", "Close a claim.", {"claim_id": _NUMBER},
        {"claim_id": {"record": "claim"}}),
    "name": "dairy.close_claim", "endpoint": {"url": "https://platform.invalid/dairy.close_claim"},
}  # fmt: skip
_SUM: Final = {"type": "money_minor", "currency_field": "currency", "ranged": True}
_DAY: Final = {"type": "date", "ranged": True}
_ID: Final = {"name": "id", "type": "id", "search": "number"}
_KINDS: Final = [
    define("buyer", ["buyer", "buyers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "town", "type": "string"}, {"name": "joined_on", **_DAY}], label="{name}", order="joined_on"),
    define("cheese", ["cheese", "cheeses"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "stock", "type": "integer", "ranged": True}, {"name": "price", **_SUM},
        {"name": "currency", "type": "currency"}], label="{name}", size="stock"),
    define("tour", ["tour", "tours"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "driver"}, {"name": "leaves_on", **_DAY}], label="{name}", order="leaves_on"),
    define("order", ["order", "orders", "delivery", "deliveries"], [_ID, {"name": "buyer_id", "type": "id"},
        {"name": "buyer_name"}, {"name": "cheese_id", "type": "id"}, {"name": "cheese_name"}, {"name": "total", **_SUM},
        {"name": "currency", "type": "currency"},
        {"name": "status", "type": "enum", "values": ["new", "packed", "delivered"]},
        {"name": "payment", "type": "enum", "values": ["unpaid", "paid"]}, {"name": "tour_id", "type": "id"},
        {"name": "ordered_on", **_DAY}, {"name": "delivery_day", **_DAY}],
        label="order {id}", order="ordered_on", size="total",
        states={"new": {"status": ["new"]}, "packed": {"status": ["packed"]}, "delivered": {"status": ["delivered"]},
                "paid": {"payment": ["paid"]}, "unpaid": {"payment": ["unpaid"]}},
        relations=[{"kind": "buyer", "via": "buyer_id"}, {"kind": "cheese", "via": "cheese_id"},
                   {"kind": "tour", "via": "tour_id"}]),
    define("claim", ["claim", "claims"], [_ID, {"name": "buyer_id", "type": "id"}, {"name": "buyer_name"},
        {"name": "order_id", "type": "id"}, {"name": "status", "type": "enum", "values": ["open", "closed"]},
        {"name": "opened_on", **_DAY}], label="claim {id}", order="opened_on",
        states={"open": {"status": ["open"]}, "closed": {"status": ["closed"]}},
        relations=[{"kind": "buyer", "via": "buyer_id"}, {"kind": "order", "via": "order_id"}]),
    define("coupon", ["coupon", "coupons"], [_ID, {"name": "buyer_id", "type": "id"}, {"name": "buyer_name"},
        {"name": "amount", **_SUM}, {"name": "currency", "type": "currency"},
        {"name": "status", "type": "enum", "values": ["open", "used"]}, {"name": "expires_on", **_DAY}],
        label="coupon {id}", order="expires_on", size="amount",
        states={"open": {"status": ["open"]}, "used": {"status": ["used"]}},
        relations=[{"kind": "buyer", "via": "buyer_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "buyer": list_rows("id name town joined_on", (1, "Mila Brandt", "Aarau", "2022-03-01"),
        (2, "Jonas Keel", "Brugg", "2023-05-04"), (3, "Hotel Linde", "Chur", "2024-08-19")),
    "cheese": list_rows("id name stock price currency", (11, "Alpine Blue", 3, 4200, "EUR"),
        (12, "Young Gouda", 60, 450, "EUR"), (13, "Goat Log", 0, 900, "EUR")),
    "tour": list_rows("id name driver leaves_on", (21, "Valley Tour", "Reto Frei", "2026-11-26"),
        (22, "Lake Tour", "Nora Weiss", "2026-11-27")),
    "order": list_rows("id buyer_id buyer_name cheese_id cheese_name total currency status payment tour_id ordered_on "
        "delivery_day",
        (3001, 1, "Mila Brandt", 12, "Young Gouda", 900, "EUR", "new", "unpaid", 21, "2026-11-22", "2026-11-26"),
        (3002, 2, "Jonas Keel", 11, "Alpine Blue", 8400, "EUR", "packed", "paid", 21, "2026-11-20", "2026-11-26"),
        (3003, 3, "Hotel Linde", 12, "Young Gouda", 4500, "EUR", "packed", "unpaid", 22, "2026-11-19", "2026-11-25"),
        (3004, 1, "Mila Brandt", 11, "Alpine Blue", 4200, "EUR", "delivered", "paid", 22, "2026-11-05", "2026-11-12"),
        (3005, 2, "Jonas Keel", 13, "Goat Log", 1800, "EUR", "new", "unpaid", 22, "2026-11-23", "2026-12-02")),
    "claim": list_rows("id buyer_id buyer_name order_id status opened_on",
        (51, 1, "Mila Brandt", 3004, "open", "2026-11-23"), (52, 1, "Mila Brandt", 3004, "closed", "2026-11-15"),
        (53, 2, "Jonas Keel", 3002, "open", "2026-11-22")),
    "coupon": list_rows("id buyer_id buyer_name amount currency status expires_on",
        (61, 1, "Mila Brandt", 2000, "EUR", "open", "2026-12-10"),
        (62, 2, "Jonas Keel", 1000, "EUR", "used", "2026-10-31")),
}  # fmt: skip
DAIRY: Final = FrozenWorld({"contracts": [_CONTRACT], "kinds": _KINDS, "records": _RECORDS})


async def ask_dairy(text: str) -> Outcome:
    return await ask(DAIRY, text)
