"""A platform that no rule has seen: a marina with berths, skippers, dues, jobs, hands and supplies."""

from __future__ import annotations

from typing import Any, Final

from agent.pipeline import Answer, Request
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER

_MONEY: Final = {"unit": "money_minor", "currency": "EUR"}
_DAY: Final = {"type": "string", "format": "date"}
_NUMBER: Final = {"type": "integer", "minimum": 1}


def offer(name: str, title: str, about: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    for key, note in notes.items():
        note.setdefault("label", key.removesuffix("_id").replace("_", " ").capitalize())
        if "record" not in note and "derive" not in note:
            note["sources"] = ["prompt"]
    optional = more.pop("optional", ())
    required = [key for key in properties if key not in optional]
    return {
        "schema": "opsiq/contract/v1", "name": f"marina.{name}", "version": 1, "title": title, "description": about,
        "surfaces": ["admin"], "roles": ["owner", "admin"], "risk": "write", "idempotent": True,
        "parameters": {"type": "object", "additionalProperties": False, "properties": properties, "required": required},
        "annotations": notes, "confirmation": {"policy": "never"},
        "endpoint": {"url": f"https://platform.invalid/marina.{name}"}, **more,
    }  # fmt: skip


def refer(kind: str, **filters: list[str]) -> dict[str, Any]:
    return {"record": kind, "each": True, **({"filter": filters} if filters else {})}


_OPEN: Final = {"status": ["waiting", "given"]}
_CONTRACTS: Final = [
    offer("give_job", "Give a job to a hand", "Say who does a job.", {"job_id": _NUMBER, "hand_id": _NUMBER}, {
        "job_id": refer("job", **_OPEN), "hand_id": refer("hand", status=["here"])},
        examples=["give job 990 to Otto"], aliases=["put on a job"]),
    offer("close_job", "Close a job", "Mark a job as done.", {"job_id": _NUMBER}, {"job_id": refer("job", **_OPEN)},
        examples=["990 is sorted"], aliases=["was fixed"]),
    offer("rush_job", "Set the urgency of a job", "Make a job calm, normal or a rush.", {
        "job_id": _NUMBER, "urgency": {"type": "string", "enum": ["calm", "normal", "rush"]}}, {
        "job_id": refer("job", **_OPEN), "urgency": {"replaces": {"parameter": "job_id", "field": "urgency"}}}),
    offer("set_rent", "Change the rent of a berth", "Set what a berth costs a month.", {
        "berth_id": _NUMBER, "rent": _NUMBER, "from": _DAY}, {"berth_id": refer("berth"), "from": {},
        "rent": {**_MONEY, "replaces": {"parameter": "berth_id", "field": "rent"}}}, aliases=["raise the rent"]),
    offer("take_money", "Take in money", "Book money that a skipper gives for the lifeboat.", {
        "skipper_id": _NUMBER, "amount": _NUMBER}, {"skipper_id": refer("skipper"), "amount": dict(_MONEY)}),
    offer("plan_lift", "Plan a lift", "Plan the day on which a boat is lifted out.", {
        "skipper_id": _NUMBER, "day": _DAY}, {"skipper_id": refer("skipper"), "day": {}}, aliases=["book a lift"]),
    offer("off_duty", "Mark a hand as off", "Take a hand off duty.", {"hand_id": _NUMBER}, {
        "hand_id": refer("hand", status=["here"])}, aliases=["sign off"]),
    offer("restock", "Take in supplies", "Add to what is on hand of a supply.", {
        "supply_id": _NUMBER, "count": _NUMBER, "best_before": _DAY}, {"supply_id": refer("supply"), "count": {},
        "best_before": {}}, aliases=["came in"], optional=("best_before",)),
    offer("join", "Sign up a member", "Take a new member on.", {"name": {"type": "string", "maxLength": 80},
        "crew": _NUMBER}, {"name": {}, "crew": {}}, aliases=["new member"]),
]  # fmt: skip


def define(name: str, nouns: list[str], fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": name, "title": name.capitalize(), "nouns": nouns, "fields": fields, "label": "{id}", **more}


_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NAME: Final = {"name": "name", "search": "name"}
_KINDS: Final = [
    define("pier", ["pier", "piers"], [{"name": "id", "type": "id"}, _NAME], label="{name}"),
    define("berth", ["berth", "berths"], [_ID, _NAME, {"name": "pier_id", "type": "id"},
        {"name": "metres", "type": "integer", "ranged": True}, {"name": "rent", "type": "money_minor", "ranged": True},
        {"name": "status", "type": "enum", "values": ["free", "taken"]}], label="{name}",
        relations=[{"kind": "pier", "via": "pier_id"}], size="rent",
        states={"free": {"status": ["free"]}, "taken": {"status": ["taken"]}}),
    define("skipper", ["skipper", "skippers"], [{"name": "id", "type": "id"}, _NAME,
        {"name": "email", "type": "email", "search": "email"}, {"name": "berth_id", "type": "id"},
        {"name": "crew", "type": "integer", "ranged": True}, {"name": "dogs", "type": "boolean"},
        {"name": "joined_on", "type": "date", "ranged": True},
        {"name": "permit_ends_on", "type": "date", "ranged": True}], label="{name}",
        relations=[{"kind": "berth", "via": "berth_id"}], order="joined_on", states={"with dogs": {"dogs": [True]}}),
    define("toll", ["toll", "tolls"], [_ID, {"name": "skipper_id", "type": "id"},
        {"name": "amount", "type": "money_minor", "ranged": True}, {"name": "for_on", "type": "date", "ranged": True},
        {"name": "status", "type": "enum", "values": ["open", "paid"]}],
        relations=[{"kind": "skipper", "via": "skipper_id"}], order="for_on", size="amount",
        states={"open": {"status": ["open"]}, "unpaid": {"status": ["open"]}, "paid": {"status": ["paid"]}}),
    define("job", ["job", "jobs"], [_ID, {"name": "title", "search": "name"}, {"name": "berth_id", "type": "id"},
        {"name": "skipper_id", "type": "id"}, {"name": "hand_id", "type": "id"},
        {"name": "status", "type": "enum", "values": ["waiting", "given", "filed", "done"]},
        {"name": "urgency", "type": "enum", "values": ["calm", "normal", "rush"]},
        {"name": "filed_on", "type": "date", "ranged": True}, {"name": "check_on", "type": "date", "ranged": True}],
        relations=[{"kind": "berth", "via": "berth_id"}, {"kind": "skipper", "via": "skipper_id"},
            {"kind": "hand", "via": "hand_id"}], order="filed_on",
        states={"open": _OPEN, "given": {"status": ["given"]}, "filed": {"status": ["filed"]}}),
    define("hand", ["hand", "hands"], [{"name": "id", "type": "id"}, _NAME, {"name": "welder", "type": "boolean"},
        {"name": "status", "type": "enum", "values": ["here", "off"]}], label="{name}",
        states={"here": {"status": ["here"]}, "off": {"status": ["off"]}, "welders": {"welder": [True]}}),
    define("member", ["member", "members"], [{"name": "id", "type": "id"}, _NAME], label="{name}"),
    define("supply", ["supply", "supplies"], [{"name": "id", "type": "id"}, _NAME,
        {"name": "on_hand", "type": "integer", "ranged": True},
        {"name": "best_before", "type": "date", "ranged": True}], label="{name}", size="on_hand"),
]  # fmt: skip


def list_rows(names: str, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(names.split(), row, strict=True)) for row in rows]


_RECORDS: Final = {
    "pier": list_rows("id name", (1, "Long Pier"), (2, "Old Mole")),
    "berth": list_rows("id name pier_id metres rent status",
        (31, "Long Pier 1", 1, 8, 40000, "taken"), (32, "Long Pier 2", 1, 12, 55000, "free"),
        (33, "Old Mole 1", 2, 6, 30000, "taken")),
    "skipper": list_rows("id name email berth_id crew dogs joined_on permit_ends_on",
        (61, "Greta Holm", "g@post.example", 31, 2, True, "2025-04-01", "2026-12-20"),
        (62, "Ravi Nair", "r@post.example", 33, 4, False, "2026-02-01", "2027-06-30"),
        (63, "Tess Blum", "t@post.example", 33, 3, False, "2024-02-01", "2026-10-01")),
    "toll": list_rows("id skipper_id amount for_on status",
        (801, 61, 4000, "2026-11-01", "paid"), (802, 62, 5500, "2026-11-01", "open"),
        (803, 62, 5500, "2026-10-01", "paid"), (804, 63, 3000, "2026-10-01", "open")),
    "job": list_rows("id title berth_id skipper_id hand_id status urgency filed_on check_on",
        (901, "torn fender", 31, 61, 71, "given", "normal", "2026-11-20", "2026-11-26"),
        (902, "stuck winch", 33, 62, 71, "given", "rush", "2026-11-22", "2026-11-25"),
        (903, "loose cleat", 33, 63, None, "waiting", "calm", "2026-11-23", None),
        (904, "bent rail", 31, 61, 72, "filed", "normal", "2026-11-02", "2026-11-10")),
    "hand": list_rows("id name welder status", (71, "Otto Falk", True, "here"), (72, "Lina Marsh", False, "here"),
        (73, "Bo Strand", True, "off")),
    "supply": list_rows("id name on_hand best_before", (51, "hull paint", 14, "2026-11-20"), (52, "rope", 0, None),
        (53, "tar soap", 6, "2026-11-28")),
}  # fmt: skip
MARINA: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask(world: FrozenWorld, text: str, *answers: Answer) -> Outcome:
    """What an owner's request comes to on a platform, without a model."""
    request, there = Request(text=text, now=NOW, answers=answers), world.context(world.provider({}))
    return await propose(Task(request, OWNER, there, "run_00000000000000000000000001"), RuleResolver())


async def ask_marina(text: str) -> Outcome:
    return await ask(MARINA, text)
