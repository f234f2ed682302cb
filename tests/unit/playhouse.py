"""A playhouse whose contracts say as little as an imported document: plain numbers, and ids that name nothing."""

from __future__ import annotations

from typing import Any, Final

from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer

_ID: Final = {"type": "integer", "minimum": 1}
_NUMBER: Final = {"type": "number", "exclusiveMinimum": 0}
_DAY: Final = {"type": "string", "format": "date"}
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 300}


def repay(name: str = "paid", **note: Any) -> Any:
    """The action that pays a booking back, all of it or what its number ``name`` says."""
    return offer("repay_booking", "Repay a booking", "Give the money of a booking back.", {
        "booking_id": _ID, name: _NUMBER, "why": _TEXT}, {
        "booking_id": refer("booking"), name: note, "why": {"label": "Reason"}}, optional=[name],
        examples=["repay BK-310 because the play is off"])  # fmt: skip


_KINDS: Final = [
    define("patron", ["patron", "patrons"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "email", "type": "email", "search": "email"}], label="{name}"),
    define("booking", ["booking", "bookings"], [{"name": "id", "type": "id"}, {"name": "code", "search": "number"},
        {"name": "patron_id", "type": "id"}, {"name": "paid", "type": "number"},
        {"name": "status", "type": "enum", "values": ["kept", "cancelled"]}],
        label="{code}", detail="{status}", relations=[{"kind": "patron", "via": "patron_id"}],
        states={"kept": {"status": ["kept"]}, "cancelled": {"status": ["cancelled"]}}),
    define("box", ["box", "boxes"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}], label="{name}"),
    define("locker", ["locker", "lockers"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "patron_id", "type": "id"}], label="{id}", relations=[{"kind": "patron", "via": "patron_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "box": list_rows("id name", (4, "Box 9"), (9, "Box 4"), (17, "Balcony")),
    "patron": list_rows("id name email", (4, "Ivo Lang", "ivo@stage.example"), (5, "Dora Penn", "dora@stage.example"),
        (6, "Abel Rees", "abel@stage.example")),
    "booking": list_rows("id code patron_id paid status", (31, "BK-310", 4, 24.5, "kept"),
        (32, "BK-311", 5, 10, "kept"), (33, "BK-312", 4, 60, "cancelled")),
    "locker": list_rows("id patron_id", (204, 4), (205, 5)),
}  # fmt: skip


def make(*contracts: Any) -> FrozenWorld:
    return FrozenWorld({"contracts": contracts, "kinds": _KINDS, "records": _RECORDS})


PLAYHOUSE: Final = make(
    repay(),
    offer("enrol_patron", "Enrol a patron in a course", "Book a course for a patron.", {
        "patron_id": _ID, "level": {"type": "string", "enum": ["beginner", "advanced"]}, "begins_on": _DAY,
        "cost": _NUMBER}, {"patron_id": refer("patron"), "level": {}, "begins_on": {}, "cost": {}}, aliases=["enrol"]),
    offer("suspend_patron", "Suspend a patron", "Let a patron in no more.", {"patron_id": _ID}, {
        "patron_id": refer("patron")}),
    offer("clean_box", "Clean a box", "Have a box cleaned.", {"box_id": _ID}, {"box_id": refer("box")}),
    offer("empty_locker", "Empty a locker", "Take everything out of a locker.", {"locker_id": _ID}, {
        "locker_id": refer("locker")}),
)  # fmt: skip
