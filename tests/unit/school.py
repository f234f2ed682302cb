"""A language school that keeps names in two parts: a platform for tests of labelled values and of changed fields."""

from __future__ import annotations

from typing import Final

from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
_PUPIL = {"given_name": _TEXT, "family_name": _TEXT, "email": _TEXT, "phone": _TEXT, "notes": _TEXT}


SCHOOL: Final = FrozenWorld(
    {
        "contracts": [
            offer("enrol", "Enrol a pupil", "Take a new pupil on.", {**_PUPIL}, {each: {} for each in _PUPIL},
                optional=["phone", "notes"], aliases=["create a pupil", "new pupil"]),
            offer("update", "Update a pupil", "Keep what is known of a pupil.", {"pupil_id": _NUMBER, **_PUPIL}, {
                "pupil_id": refer("pupil"), **{each: {} for each in _PUPIL}}, optional=[*_PUPIL]),
            offer("seat", "Seat a pupil", "Write down that a pupil is here, and where.", {
                "pupil_id": _NUMBER, "desk": _TEXT}, {"pupil_id": refer("pupil"), "desk": {}}, optional=["desk"],
                aliases=["let in"]),
            offer("sell", "Sell a course", "Sell a pupil a course.", {
                "pupil_id": _NUMBER, "starts_on": {"type": "string", "format": "date"}, "price": {"type": "number"},
                "charge": {"type": "number"}}, {
                "pupil_id": refer("pupil"), "starts_on": {}, "price": {}, "charge": {}}, optional=["charge"]),
            offer("charge_bill", "Charge a bill", "Take the money for a bill.", {"bill_id": _NUMBER}, {
                "bill_id": refer("bill")}),
            offer("hire", "Hire a tutor", "Take a new tutor on.", {"surname": _TEXT, "forename": _TEXT}, {
                "surname": {}, "forename": {}}),
            offer("open_room", "Open a room", "Open a room under a name and a motto.", {
                "name": _TEXT, "motto": _TEXT}, {"name": {}, "motto": {}}),
            offer("plan_trip", "Plan a trip", "Put a trip under a title.", {"title": _TEXT, "meeting_point": _TEXT}, {
                "title": {}, "meeting_point": {}}, optional=["meeting_point"]),
            offer("copy_sheet", "Copy a sheet", "Copy a sheet into a folder.", {
                "sheet_name": _TEXT, "folder_name": _TEXT}, {"sheet_name": {}, "folder_name": {}}),
            offer("add_note", "Add a note to a room", "Keep a note with a room.", {
                "room_id": _NUMBER, "note": _TEXT}, {"room_id": refer("room"), "note": {}}),
        ],
        "kinds": [
            define("pupil", ["pupil", "pupils"], [{"name": "id", "type": "id"}, {"name": "given_name",
                "search": "name"}, {"name": "family_name", "search": "name"}, {"name": "email", "type": "email",
                "search": "email"}, {"name": "phone"}, {"name": "notes"}], label="{given_name} {family_name}"),
            define("tutor", ["tutor", "tutors"], [{"name": "id", "type": "id"}, {"name": "surname", "search": "name"},
                {"name": "forename", "search": "name"}], label="{surname}, {forename}"),
            define("bill", ["bill", "bills"], [{"name": "id", "type": "id", "search": "number"}], label="bill {id}"),
            define("room", ["room", "rooms"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
        ],
        "records": {
            "pupil": list_rows("id given_name family_name email phone notes",
                (1, "Ines", "Falk", "ines@pupils.example", "030 4440001", None),
                (2, "Pavel", "Dorn", "pavel@pupils.example", "030 4440002", "left-handed")),
            "tutor": list_rows("id surname forename", (11, "Brandt", "Ute")),
            "bill": list_rows("id", (2017,)),
            "room": list_rows("id name", (21, "Attic")),
        },
    }
)  # fmt: skip
