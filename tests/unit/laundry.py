"""A laundry that collects and brings back: a platform for tests of plain requests, with its actions and records."""

from __future__ import annotations

from typing import Final

from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_DAY = {"type": "string", "format": "date"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
LAUNDRY: Final = FrozenWorld(
    {
        "contracts": [
            offer("book_pickup", "Book a pickup", "Fetch bags of laundry at a client's on a day.", {
                "client_id": _NUMBER, "day": _DAY, "bags": {"type": "integer", "minimum": 1, "maximum": 40}}, {
                "client_id": refer("client"), "day": {}, "bags": {}}, aliases=["fetch"],
                examples=["pick up 2 bags from Nell Brook on Monday"]),
            offer("shift_load", "Shift a load", "Bring a load back on another day.", {
                "load_id": _NUMBER, "day": _DAY}, {"load_id": refer("load"), "day": {}}, aliases=["reschedule"]),
            offer("set_care", "Change the care of a load", "Wash a load in another way.", {
                "load_id": _NUMBER, "care": {"type": "string", "enum": ["gentle", "normal", "hot"]}}, {
                "load_id": refer("load"), "care": {}}),
            offer("hand_run", "Hand a run to a driver", "Say who drives a run.", {
                "run_id": _NUMBER, "driver_id": _NUMBER}, {"run_id": refer("run"), "driver_id": {
                    **refer("driver"), "replaces": {"parameter": "run_id", "field": "driver_id"}}},
                aliases=["give", "put on"]),
            offer("book_visit", "Book a visit", "See a client on a day about their laundry.", {
                "client_id": _NUMBER, "day": _DAY}, {"client_id": refer("client"), "day": {}}),
            offer("book_absence", "Book a driver's absence", "Write down when a driver is away.", {
                "driver_id": _NUMBER, "from_day": _DAY, "to_day": _DAY}, {
                "driver_id": refer("driver"), "from_day": {"label": "From"}, "to_day": {"label": "To"}}),
            offer("message_client", "Message a client", "Send a client a text.", {
                "client_id": _NUMBER, "text": _TEXT}, {
                "client_id": refer("client"), "text": {"ask": "What should it say?"}}, aliases=["tell"]),
            offer("set_fee", "Change the fee of a load", "Set what a load costs.", {
                "load_id": _NUMBER, "fee": _NUMBER}, {"load_id": refer("load"), "fee": {
                    "unit": "money_minor", "currency": "EUR", "replaces": {"parameter": "load_id", "field": "fee"}}}),
            offer("take_payment", "Take a payment", "Write down money for a load.", {
                "load_id": _NUMBER, "amount": _NUMBER}, {
                "load_id": refer("load", paid=["no"]), "amount": {"unit": "money_minor", "currency": "EUR"}},
                examples=["Ruth Klee paid 12 euros on load 900"]),
            offer("hold_deposit", "Hold a deposit", "Keep a client's money until their bags are back.", {
                "client_id": _NUMBER, "amount": _NUMBER, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}}, {
                "client_id": refer("client"), "amount": {"unit": "money_minor", "currency_from": "currency"},
                "currency": {"sources": ["prompt"]}}),
            offer("mark_run", "Mark a run", "Say how a run goes.", {
                "run_id": _NUMBER, "going": {"type": "string", "enum": ["early", "late"]}}, {
                "run_id": refer("run"), "going": {}}, aliases=["mark a run"]),
            offer("cancel_pass", "Cancel a pass", "End a client's pass.", {"pass_id": _NUMBER}, {
                "pass_id": refer("pass")}),
            offer("set_door", "Change a client's door", "Say at which door a client's bags stand.", {
                "client_id": _NUMBER, "door": _TEXT}, {"client_id": refer("client"), "door": {}}),
            offer("close_load", "Close a load", "Write down that a load is done.", {
                "load_id": _NUMBER, "remark": _TEXT}, {"load_id": refer("load"), "remark": {}}, optional=["remark"]),
            offer("note_load", "Note something on a load", "Keep a note with a load.", {
                "load_id": _NUMBER, "note": _TEXT}, {"load_id": refer("load"), "note": {}}, aliases=["add a note"]),
        ],
        "kinds": [
            define("client", ["client", "clients"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "bags_out", "type": "integer", "ranged": True},
                {"name": "status", "type": "enum", "values": ["active", "waiting"]}], label="{name}"),
            define("visit", ["visit", "visits"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"},
                {"name": "day", "type": "date", "ranged": True}], label="visit {id}", order="day",
                relations=[{"kind": "client", "via": "client_id"}]),
            define("pass", ["pass", "passes", "visit pass"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"},
                {"name": "valid_until", "type": "date", "ranged": True}], label="pass {id}", order="valid_until",
                relations=[{"kind": "client", "via": "client_id"}]),
            define("driver", ["driver", "drivers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("run", ["run", "runs"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "name", "search": "name"}, {"name": "driver_id", "type": "id"}, {"name": "driver_name"},
                {"name": "day", "type": "date", "ranged": True}],
                label="{name} {day}", order="day", relations=[{"kind": "driver", "via": "driver_id"}]),
            define("load", ["load", "loads"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "client_id", "type": "id"}, {"name": "client_name"}, {"name": "items", "type": "string"},
                {"name": "care", "type": "enum", "values": ["gentle", "normal", "hot"]},
                {"name": "fee", "type": "money_minor", "currency_field": "currency", "ranged": True},
                {"name": "currency", "type": "currency"}, {"name": "paid", "type": "enum", "values": ["yes", "no"]},
                {"name": "back_on", "type": "date", "ranged": True}],
                label="load {id}", detail="{items}, {client_name}", order="back_on",
                relations=[{"kind": "client", "via": "client_id"}]),
        ],
        "records": {
            "client": list_rows("id name bags_out status", (1, "Nell Brook", 2, "active"),
                (2, "Bill Marsh", 0, "active"), (3, "Hotel Sole", 14, "active"), (4, "Will Field", 3, "waiting")),
            "visit": list_rows("id client_id client_name day", (501, 3, "Hotel Sole", "2026-11-27")),
            "pass": list_rows("id client_id client_name valid_until", (61, 1, "Nell Brook", "2026-11-28"),
                (62, 2, "Bill Marsh", "2027-06-30")),
            "driver": list_rows("id name", (11, "Rudi Kern"), (12, "Vera Lenz"), (13, "Mark Penny")),
            "run": list_rows("id name driver_id driver_name day", (21, "North Run", 11, "Rudi Kern", "2026-11-27"),
                (22, "Lake Run", 12, "Vera Lenz", "2026-11-30"), (23, "North Run", 12, "Vera Lenz", "2026-12-04")),
            "load": list_rows("id client_id client_name items care fee currency paid back_on",
                (801, 1, "Nell Brook", "curtains", "normal", 3000, "EUR", "yes", "2026-11-27"),
                (802, 1, "Nell Brook", "duvet", "normal", 2000, "EUR", "yes", "2026-12-01"),
                (803, 2, "Bill Marsh", "uniforms", "hot", 4000, "EUR", "no", "2026-11-27"),
                (804, 3, "Hotel Sole", "tablecloths", "hot", 9000, "EUR", "no", "2026-11-30")),
        },
    }
)  # fmt: skip
