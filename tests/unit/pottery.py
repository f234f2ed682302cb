"""A pottery: makers who come to sessions with a coach, wheels that are lent to them, and dues with a rest."""

from __future__ import annotations

from typing import Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, refer
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_SUM: Final = {"unit": "money_minor", "currency": "EUR"}
_CONTRACTS: Final = [
    {**offer_of_marina("refund", "Refund a due", "Give a maker money of paid dues back.",
        {"due_id": _NUMBER, "amount": _NUMBER}, {"due_id": refer("due", status=["paid"]), "amount": _SUM},
        aliases=["pay back"]), "name": "pottery.refund"},
    {**offer_of_marina("book", "Book a session", "Put a maker down for a session on a day.",
        {"maker_id": _NUMBER, "day": {"type": "string", "format": "date"}, "coach_id": _NUMBER},
        {"maker_id": refer("maker"), "day": {}, "coach_id": {"record": "coach", "sources": ["prompt"]}},
        optional=("coach_id",)), "name": "pottery.book"},
    {**offer_of_marina("promote", "Change a grade", "Put a maker on another grade.",
        {"maker_id": _NUMBER, "grade": {"type": "string", "enum": ["novice", "skilled", "master"]}},
        {"maker_id": refer("maker", grade=["novice", "skilled"]),
         "grade": {"replaces": {"parameter": "maker_id", "field": "grade"}}}), "name": "pottery.promote"},
]  # fmt: skip
_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NAME: Final = {"name": "name", "search": "name"}
_MAKER: Final = [{"name": "maker_id", "type": "id"}, {"name": "maker_name"}]
_COACH: Final = [{"name": "coach_id", "type": "id"}, {"name": "coach_name"}]
_SUMS: Final = [
    {"name": each, "type": "money_minor", "currency_field": "currency", "ranged": True}
    for each in ("total", "outstanding")
]
_OF_MAKER: Final = {"kind": "maker", "via": "maker_id"}
_KINDS: Final = [
    define("maker", ["maker", "makers"], [_ID, _NAME, {"name": "email", "type": "email", "search": "email"},
        {"name": "grade", "type": "enum", "values": ["novice", "skilled", "master"]}, *_COACH,
        {"name": "joined_on", "type": "date", "ranged": True}], label="{name}",
        detail="{grade}", order="joined_on", relations=[{"kind": "coach", "via": "coach_id"}],
        states={each: {"grade": [each]} for each in ("novice", "skilled", "master")}),
    define("coach", ["coach", "coaches"], [{"name": "id", "type": "id"}, _NAME], label="{name}"),
    define("session", ["session", "sessions"], [_ID, *_MAKER, *_COACH,
        {"name": "status", "type": "enum", "values": ["booked", "held", "skipped", "cancelled"]},
        {"name": "day", "type": "date", "ranged": True}, {"name": "minutes", "type": "integer", "ranged": True}],
        label="session {id} of {maker_name}", detail="{coach_name}, {day}", order="day", size="minutes",
        relations=[_OF_MAKER, {"kind": "coach", "via": "coach_id"}],
        states={each: {"status": [each]} for each in ("booked", "held", "skipped", "cancelled")}),
    define("wheel", ["wheel", "wheels"], [_ID, _NAME, {"name": "make", "type": "enum", "values": ["kick", "table"]},
        {"name": "status", "type": "enum", "values": ["in", "lent", "repair"]}, *_MAKER,
        {"name": "due_on", "type": "date", "ranged": True}], label="{name}", detail="{status}", order="due_on",
        relations=[_OF_MAKER], states={"in": {"status": ["in"]}, "lent": {"status": ["lent"]},
            "kick": {"make": ["kick"]}, "table": {"make": ["table"]}}),
    define("due", ["due", "dues"], [_ID, *_MAKER, *_SUMS, {"name": "currency", "type": "currency"},
        {"name": "season", "type": "enum", "values": ["spring", "winter"]},
        {"name": "status", "type": "enum", "values": ["open", "overdue", "paid"]},
        {"name": "payable_on", "type": "date", "ranged": True}], label="due {id}", order="payable_on", size="total",
        relations=[_OF_MAKER], states={"open": {"status": ["open"]}, "overdue": {"status": ["overdue"]},
            "unpaid": {"status": ["open", "overdue"]}, "paid": {"status": ["paid"]}}),
]  # fmt: skip
_RECORDS: Final = {
    "maker": list_rows("id name email grade coach_id coach_name joined_on",
        (1, "Edda Frost", "e@post.example", "novice", 22, "April Reyes", "2025-03-01"),
        (2, "Jonas Winters", "j@post.example", "skilled", 21, "Bruno Adler", "2024-03-01"),
        (3, "Nia Hill", "n@post.example", "master", 21, "Bruno Adler", "2023-03-01")),
    "coach": list_rows("id name", (21, "Bruno Adler"), (22, "April Reyes")),
    "session": list_rows("id maker_id maker_name coach_id coach_name status day minutes",
        (301, 1, "Edda Frost", 22, "April Reyes", "skipped", "2026-11-10", 60),
        (302, 1, "Edda Frost", 22, "April Reyes", "booked", "2026-11-27", 90),
        (303, 2, "Jonas Winters", 21, "Bruno Adler", "held", "2026-11-12", 60),
        (304, 2, "Jonas Winters", 21, "Bruno Adler", "booked", "2026-11-26", 60)),
    "wheel": list_rows("id name make status maker_id maker_name due_on",
        (61, "Kick 2", "kick", "lent", 1, "Edda Frost", "2026-11-20"),
        (62, "Kick 3", "kick", "lent", 2, "Jonas Winters", "2026-12-20"),
        (63, "Table 4", "table", "repair", None, None, None)),
    "due": [{**each, "currency": "EUR"} for each in list_rows(
        "id maker_id maker_name total outstanding season status payable_on",
        (801, 1, "Edda Frost", 20000, 8000, "winter", "overdue", "2026-10-01"),
        (802, 2, "Jonas Winters", 30000, 0, "winter", "paid", "2026-10-01"),
        (803, 3, "Nia Hill", 30000, 30000, "winter", "open", "2026-12-05"))],
}  # fmt: skip
POTTERY: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask_pottery(text: str) -> Outcome:
    return await ask(POTTERY, text)
