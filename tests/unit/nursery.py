"""A nursery of plants that plans visits, brings plants week by week and takes money: a platform for tests of requests
with times, changed numbers and parts of sums."""

from __future__ import annotations

from typing import Final

from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_DAY = {"type": "string", "format": "date"}
_HOUR = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "description": "When it begins, HH:MM."}
_VISITS = [
    (601, 1, "Ida Frost", "2026-11-27", "09:30", "planned"), (602, 2, "Karl Beck", "2026-11-30", "14:00", "planned"),
]  # fmt: skip
_WEEKLY = [
    (41, 1, "Ida Frost", 11, "Ivy pot", 6), (42, 1, "Ida Frost", 12, "Fern tray", 20),
    (43, 2, "Karl Beck", 11, "Ivy pot", 9), (44, 3, "Lotte Vale", 13, "Moss mat", 15),
]  # fmt: skip
NURSERY: Final = FrozenWorld(
    {
        "contracts": [
            offer("book_visit", "Book a visit", "Plan a visit to a client's garden.", {
                "client_id": _NUMBER, "day": _DAY, "hour": _HOUR}, {
                "client_id": refer("client"), "day": {}, "hour": {"ask": "At what time?"}}),
            offer("move_visit", "Move a visit", "Put a visit on another day or hour.", {
                "visit_id": _NUMBER, "day": _DAY, "hour": _HOUR}, {"visit_id": refer("visit"),
                "day": {"replaces": {"parameter": "visit_id", "field": "day"}},
                "hour": {"replaces": {"parameter": "visit_id", "field": "hour"}}},
                optional=["hour"], aliases=["reschedule"]),
            offer("set_weekly", "Change the number of a weekly box", "Set how many a client gets each week.", {
                "weekly_id": _NUMBER, "count": _NUMBER}, {"weekly_id": refer("weekly"),
                "count": {"replaces": {"parameter": "weekly_id", "field": "count"}}}),
            offer("set_price", "Change the price of a plant", "Set what a plant costs from now on, extra pots too.", {
                "plant_id": _NUMBER, "price": _NUMBER}, {"plant_id": refer("plant"), "price": {
                    "unit": "money_minor", "currency": "EUR",
                    "replaces": {"parameter": "plant_id", "field": "price"}}}),
            offer("take_payment", "Take a payment", "Write down that a client has paid a bill, all of it or a part.", {
                "bill_id": _NUMBER, "amount": _NUMBER}, {"bill_id": refer("bill", status=["open"]), "amount": {
                    "unit": "money_minor", "currency": "EUR", "derive": {"parameter": "bill_id", "field": "due"},
                    "at_most": {"parameter": "bill_id", "field": "due"}, "sources": ["prompt", "record"]}},
                examples=["Ida Frost paid 20 euros"], aliases=["paid"]),
            offer("refund", "Refund a bill", "Pay money of a paid bill back.", {
                "bill_id": _NUMBER, "amount": _NUMBER}, {"bill_id": refer("bill", status=["paid"]), "amount": {
                    "unit": "money_minor", "currency": "EUR", "at_most": {"parameter": "bill_id", "field": "total"}}},
                aliases=["pay back"]),
            offer("sell", "Sell a plant", "Ring up an extra plant at the till.", {
                "plant_id": _NUMBER, "count": {**_NUMBER, "default": 1}, "client_id": _NUMBER}, {
                "plant_id": refer("plant"), "client_id": refer("client"), "count": {"unit": "count"}},
                optional=["client_id", "count"], aliases=["sold"]),
            offer("cancel_visit", "Cancel a visit", "Call a visit off.", {"visit_id": _NUMBER}, {
                "visit_id": refer("visit")}),
            offer("set_stage", "Set the stage of a visit", "Say how far a visit is.", {
                "visit_id": _NUMBER, "stage": {"type": "string", "enum": ["planned", "confirmed", "checked_off"]}}, {
                "visit_id": refer("visit"), "stage": {"replaces": {"parameter": "visit_id", "field": "stage"}}},
                aliases=["check off"]),
        ],
        "kinds": [
            define("client", ["client", "clients"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("plant", ["plant", "plants"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "price", "type": "money_minor", "ranged": True}], label="{name}",
                size="price"),
            define("visit", ["visit", "visits"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"},
                {"name": "day", "type": "date", "ranged": True}, {"name": "hour"},
                {"name": "stage", "type": "enum", "values": ["planned", "confirmed", "checked_off"]}],
                label="visit {id}", order="day", states={"planned": {"stage": ["planned"]}},
                relations=[{"kind": "client", "via": "client_id"}]),
            define("weekly", ["weekly box", "weekly boxes"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"}, {"name": "plant_id", "type": "id"},
                {"name": "plant_name"}, {"name": "count", "type": "integer", "ranged": True}],
                label="weekly box {id}: {plant_name}", size="count", relations=[
                    {"kind": "client", "via": "client_id"}, {"kind": "plant", "via": "plant_id"}]),
            define("bill", ["bill", "bills"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"},
                {"name": "total", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "due", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"},
                {"name": "status", "type": "enum", "values": ["open", "paid"]}], label="bill {id}", order="id",
                size="total", relations=[{"kind": "client", "via": "client_id"}],
                states={"open": {"status": ["open"]}, "paid": {"status": ["paid"]}}),
        ],
        "records": {
            "client": list_rows("id name", (1, "Ida Frost"), (2, "Karl Beck"), (3, "Lotte Vale")),
            "plant": list_rows("id name price", (11, "Ivy pot", 400), (12, "Fern tray", 1250), (13, "Moss mat", 800)),
            "visit": list_rows("id client_id client_name day hour stage", *_VISITS),
            "weekly": list_rows("id client_id client_name plant_id plant_name count", *_WEEKLY),
            "bill": list_rows("id client_id client_name total due currency status",
                (701, 1, "Ida Frost", 9000, 6000, "EUR", "open"), (702, 2, "Karl Beck", 4500, 4500, "EUR", "open"),
                (703, 2, "Karl Beck", 2000, 0, "EUR", "paid")),
        },
    }
)  # fmt: skip
