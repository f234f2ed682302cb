"""A school of singing: singers, rehearsals and who leads them, music stands, lessons, and whose letters they are."""

from __future__ import annotations

from typing import Any, Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"choir.{name}", "endpoint": {"url": f"https://platform.invalid/choir.{name}"}}


_CONTRACTS: Final = [
    _offer("enrol", "Put a singer into a rehearsal", {"singer_id": _NUMBER, "rehearsal_id": _NUMBER},
        {"singer_id": {"record": "singer"}, "rehearsal_id": {"record": "rehearsal"}}),
    _offer("assign_tutor", "Change the tutor of a rehearsal", {"rehearsal_id": _NUMBER, "tutor_id": _NUMBER},
        {"rehearsal_id": {"record": "rehearsal"},
            "tutor_id": {"record": "tutor", "replaces": {"parameter": "rehearsal_id", "field": "tutor_id"}}}),
    _offer("call_off", "Cancel a rehearsal", {"rehearsal_id": _NUMBER}, {"rehearsal_id": {"record": "rehearsal"}},
        aliases=["rub out a rehearsal"]),
    _offer("email_singer", "Email a singer", {"singer_id": _NUMBER, "text": {"type": "string", "maxLength": 200}},
        {"singer_id": {"record": "singer"}, "text": {}}),
    _offer("move_rehearsal", "Move a rehearsal",
        {"rehearsal_id": _NUMBER, "day": {"type": "string", "format": "date"}},
        {"rehearsal_id": {"record": "rehearsal"},
            "day": {"replaces": {"parameter": "rehearsal_id", "field": "day"}}}),
    _offer("book_lesson", "Book a lesson", {"singer_id": _NUMBER, "day": {"type": "string", "format": "date"},
        "sort": {"type": "string", "enum": ["warm_up", "concert"]}}, {"singer_id": {"record": "singer"}}),
    _offer("move_lesson", "Move a lesson",
        {"lesson_id": _NUMBER, "day": {"type": "string", "format": "date"}},
        {"lesson_id": {"record": "lesson"}, "day": {"replaces": {"parameter": "lesson_id", "field": "day"}}}),
    _offer("add_stands", "Add stands to the store", {"stand_id": _NUMBER, "quantity": _NUMBER},
        {"stand_id": {"record": "stand"}, "quantity": {"unit": "count"}}),
    _offer("answer_letter", "Set the stage of a letter",
        {"letter_id": _NUMBER, "stage": {"type": "string", "enum": ["new", "answered", "waiting"]}},
        {"letter_id": {"record": "letter"}, "stage": {"replaces": {"parameter": "letter_id", "field": "stage"}}}),
]  # fmt: skip
_NAMED: Final = [{"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"}]
_KINDS: Final = [
    define("singer", ["singer", "singers"], [*_NAMED, {"name": "email", "type": "email", "search": "email"},
        {"name": "joined_on", "type": "date"}, {"name": "last_warm_on", "type": "date"}, {"name": "mentor",
            "type": "enum",
            "values": ["Greta", "Anselm"]}], label="{name}", order="joined_on"),
    define("tutor", ["tutor", "tutors", "instructor", "instructors"], _NAMED, label="{name}"),
    define("rehearsal", ["rehearsal", "rehearsals"], [*_NAMED, {"name": "tutor_id", "type": "id"},
        {"name": "day", "type": "date", "ranged": True},
        {"name": "sort", "type": "enum", "values": ["warm_up", "concert"]}], label="{name}", order="day",
        relations=[{"kind": "tutor", "via": "tutor_id"}],
        states={"warm ups": {"sort": ["warm_up"]}, "warm up": {"sort": ["warm_up"]}}),
    define("lesson", ["lesson", "lessons"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "singer_id", "type": "id"}, {"name": "sort", "type": "enum", "values": ["warm_up", "concert"]},
        {"name": "day", "type": "date", "ranged": True}], label="lesson {id}", order="day",
        relations=[{"kind": "singer", "via": "singer_id"}], states={"warm up": {"sort": ["warm_up"]}}),
    define("stand", ["stand", "stands"], [*_NAMED, {"name": "stock", "type": "integer"}], label="{name}"),
    define("letter", ["letter", "letters"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "singer_id", "type": "id"}, {"name": "owner", "type": "enum", "values": ["Greta", "Anselm"]},
        {"name": "stage", "type": "enum", "values": ["new", "answered", "waiting"]}], label="letter {id}",
        relations=[{"kind": "singer", "via": "singer_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "singer": list_rows("id name email joined_on mentor", (21, "Pia Stern", "pia@choir.example", "2025-03-04", "Greta"),
        (22, "Jonas Reuter", "jonas@choir.example", "2026-02-01", "Greta"), (23, "Mina Falk", "mina@choir.example",
            "2026-02-02",
            "Anselm"), (24, "Otto Lenz", "otto@choir.example", "2026-02-03", "Anselm")),
    "tutor": list_rows("id name", (31, "Clara Voigt"), (32, "Bruno Hahn")),
    "rehearsal": list_rows("id name tutor_id day sort", (41, "Evensong", 31, "2026-12-04", "warm_up"),
        (42, "Evensong", 32, "2026-12-11", "concert"), (43, "Madrigal", 31, "2026-12-05", "concert"), (44, "Warm up",
            31, "2026-12-08",
            "warm_up")),
    "stand": list_rows("id name stock", (51, "Beech", 4), (52, "Steel", 9)),
    "letter": list_rows("id singer_id owner stage", (61, 21, "Greta", "new"), (62, 21, "Anselm", "new"),
        (63, 22, "Greta", "waiting")),
    "lesson": list_rows("id singer_id sort day", (71, 21, "warm_up", "2026-12-09"), (72, 22, "concert", "2026-12-10")),
}  # fmt: skip
SCHOOL: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask_school(text: str) -> Outcome:
    return await ask(SCHOOL, text)
