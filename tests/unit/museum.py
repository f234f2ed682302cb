"""A museum: exhibits that open on a day and have seats, donors, and loans of exhibits."""

from __future__ import annotations

from typing import Any, Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_DAY: Final = {"type": "string", "format": "date"}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"museum.{name}", "endpoint": {"url": f"https://platform.invalid/museum.{name}"}}


_CONTRACTS: Final = [
    _offer("set_opening", "Change an opening day", {"exhibit_id": _NUMBER, "opens_on": _DAY},
        {"exhibit_id": {"record": "exhibit"}, "opens_on": {}}),
    _offer("set_seats", "Change the number of seats", {"exhibit_id": _NUMBER, "seats": _NUMBER},
        {"exhibit_id": {"record": "exhibit"},
         "seats": {"unit": "count", "replaces": {"parameter": "exhibit_id", "field": "seats"}}}),
    _offer("set_hall", "Set the hall of an exhibit",
        {"exhibit_id": _NUMBER, "hall": {"type": "string", "enum": ["east", "west"]}},
        {"exhibit_id": {"record": "exhibit"}, "hall": {"replaces": {"parameter": "exhibit_id", "field": "hall"}}}),
    _offer("store", "Put an exhibit away", {"exhibit_id": _NUMBER}, {"exhibit_id": {"record": "exhibit"}},
        aliases=["put into storage"]),
    _offer("extend_loan", "Extend a loan", {"loan_id": _NUMBER, "ends_on": _DAY},
        {"loan_id": {"record": "loan"}, "ends_on": {}}),
    _offer("set_fee", "Change the fee", {"loan_id": _NUMBER, "fee": _NUMBER}, {"loan_id": {"record": "loan"},
        "fee": {"unit": "money_minor", "currency": "EUR", "replaces": {"parameter": "loan_id", "field": "fee"}}}),
    _offer("lend", "Lend an exhibit", {"donor_id": _NUMBER, "exhibit_id": _NUMBER},
        {"donor_id": {"record": "donor"}, "exhibit_id": {"record": "exhibit"}}),
    _offer("write", "Write to a donor", {"donor_id": _NUMBER, "text": {"type": "string", "maxLength": 200}},
        {"donor_id": {"record": "donor"}, "text": {"compose": True}}, aliases=["message"]),
    _offer("thank", "Thank a donor", {"donor_id": _NUMBER, "text": {"type": "string", "maxLength": 200}},
        {"donor_id": {"record": "donor"}, "text": {}}),
]  # fmt: skip
_KINDS: Final = [
    define("exhibit", ["exhibit", "exhibits"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "opens_on", "type": "date", "ranged": True}, {"name": "made_on", "type": "date"},
        {"name": "seats", "type": "integer", "ranged": True},
        {"name": "hall", "type": "enum", "values": ["east", "west"]}], label="{name}", order="opens_on",
        states={"east": {"hall": ["east"]}, "west": {"hall": ["west"]}}),
    define("donor", ["donor", "donors"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
        {"name": "email", "type": "email", "search": "email"}], label="{name}"),
    define("loan", ["loan", "loans"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "donor_id", "type": "id"}, {"name": "exhibit_id", "type": "id"},
        {"name": "ends_on", "type": "date", "ranged": True},
        {"name": "fee", "type": "money_minor"}],
        label="loan {id}", order="ends_on",
        relations=[{"kind": "donor", "via": "donor_id"}, {"kind": "exhibit", "via": "exhibit_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "exhibit": list_rows("id name opens_on made_on seats hall",
        (11, "Glass Bells", "2026-12-05", "1890-03-01", 30, "east"),
        (12, "Bronze Horse", "2026-12-20", "1712-01-01", 24, "east"),
        (13, "Bronze Lion", "2027-01-10", "1712-01-01", 24, "east"),
        (14, "Paper Moon", "2026-12-12", "1950-01-01", 12, "west")),
    "donor": list_rows("id name email", (21, "Ada Quist", "a@post.example"), (22, "Bo Ferrer", "b@post.example"),
        (23, "Cleo Marsh", "c@post.example"), (24, "Cleo Stone", "d@post.example")),
    "loan": list_rows("id donor_id exhibit_id ends_on fee", (4301, 21, 11, "2026-12-31", 4000),
        (4302, 21, 14, "2027-02-28", 5000), (4303, 22, 12, "2027-03-31", 6000)),
}  # fmt: skip
MUSEUM: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask_museum(text: str) -> Outcome:
    return await ask(MUSEUM, text)
