"""A platform whose records often have already what is asked for: a choir with singers, concerts and halls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from agent.pipeline import Request
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from registry.records import Record
from tests.unit.marina import list_rows
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan

_ID: Final = {"type": "integer", "minimum": 1}
VOICE: Final = {"type": "string", "enum": ["soprano", "alto", "tenor", "bass"]}
STATUS: Final = {"type": "string", "enum": ["draft", "public"]}


def action(name: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A contract of the choir. All its parameters are required unless ``required`` says otherwise."""
    required = more.pop("required", list(properties))
    shape = {"type": "object", "additionalProperties": False, "properties": properties, "required": required}
    return {
        "schema": "opsiq/contract/v1", "name": f"choir.{name}", "version": 1, "title": name.replace("_", " "),
        "description": f"It does what {name} says.", "surfaces": ["admin"], "roles": ["owner"], "risk": "write",
        "parameters": shape, "annotations": notes, "confirmation": {"policy": "never"},
        "endpoint": {"url": f"https://platform.invalid/choir.{name}"}, **more,
    }  # fmt: skip


def write(parameter: str, field: str) -> dict[str, Any]:
    return {"replaces": {"parameter": parameter, "field": field}}


SINGER: Final = {"record": "singer", "each": True}
CONCERT: Final = {"record": "concert"}
HALL: Final = {"record": "hall"}
SET_VOICE: Final = action(
    "set_voice", {"singer_id": _ID, "voice": VOICE}, {"singer_id": SINGER, "voice": write("singer_id", "voice")}
)
GIVE_HALL: Final = action(
    "give_hall",
    {"concert_id": _ID, "hall_id": _ID},
    {"concert_id": CONCERT, "hall_id": {**HALL, **write("concert_id", "hall_id")}},
)
SET_SEATS: Final = action(
    "set_seats",
    {"concert_id": _ID, "seats": {"type": "integer"}, "why": {"type": "string", "maxLength": 80}},
    {"concert_id": CONCERT, "seats": {"unit": "count", **write("concert_id", "seats")}},
    required=["concert_id", "seats"],
)
CALL_OFF: Final = action("call_off", {"concert_id": _ID}, {"concert_id": CONCERT})
KINDS: Final = [
    {"name": "locker", "title": "Locker", "nouns": ["locker", "lockers"], "fields": [
        {"name": "id", "type": "id", "search": "number"},
        {"name": "state", "type": "enum", "values": ["open", "shut"]}]},
    {"name": "singer", "title": "Singer", "nouns": ["singer", "singers"], "label": "{name}", "fields": [
        {"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"},
        {"name": "voice", "type": "enum", "values": VOICE["enum"]}, {"name": "guest", "type": "boolean"}]},
    {"name": "hall", "title": "Hall", "nouns": ["hall", "halls"], "label": "{name}", "fields": [
        {"name": "id", "type": "id"}, {"name": "name", "search": "name"}, {"name": "status"}]},
    {"name": "concert", "title": "Concert", "nouns": ["concert", "concerts"], "label": "{name}",
     "relations": [{"kind": "hall", "via": "hall_id"}, {"kind": "hall", "via": "spare_id"}], "fields": [
        {"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"},
        {"name": "hall_id", "type": "id"}, {"name": "spare_id", "type": "id"}, {"name": "seats", "type": "integer"},
        {"name": "status", "type": "enum", "values": STATUS["enum"]}, {"name": "day", "type": "date"},
        {"name": "row", "type": "integer"}, {"name": "price", "type": "money_minor"},
        {"name": "sold_out", "type": "boolean"}]},
]  # fmt: skip
RECORDS: Final = {
    "locker": list_rows("id state", (70, "shut"), (71, "open")),
    "singer": list_rows("id name voice guest", (1, "Nell Brody", "alto", False), (2, "Sam Ortiz", "bass", True),
        (3, "Ines Roth", "alto", False)),
    "hall": list_rows("id name status", (11, "Old Mill", "public"), (12, "Town Barn", "public")),
    "concert": list_rows("id name hall_id spare_id seats status day row price sold_out",
        (21, "Spring Vespers", 11, 12, 90, "Public", "2026-12-05", 2, 1500, False),
        (22, "Carol Night", "12", 11, 60, "draft", "2026-12-20", 1, 60, True)),
}  # fmt: skip


class Kept:
    """The records of a choir as copies that were kept here since some day."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def kinds(self) -> Any:
        return self._provider.kinds()

    async def search(self, query: Any) -> list[Record]:
        return [replace(each, as_of="2026-11-24T08:30:00Z") for each in await self._provider.search(query)]

    async def get(self, kind: str, record_id: str) -> Record | None:
        found = await self._provider.get(kind, record_id)
        return None if found is None else replace(found, as_of="2026-11-24T08:30:00Z")


def make_task(text: str, *contracts: dict[str, Any], kept: bool = False, **more: Any) -> Task:
    made = FrozenWorld({"contracts": list(contracts), "kinds": KINDS, "records": RECORDS})
    provider = Kept(made.provider({})) if kept else made.provider({})
    return Task(Request(text=text, now=NOW), OWNER, made.context(provider), "run_00000000000000000000000001", **more)


async def told(task: Task, *steps: dict[str, Any], left: tuple[str, ...] = (), **more: Any) -> Outcome:
    """What comes of a model's plan of these steps."""
    rest = [{"quote": each, "is": "left over"} for each in left]
    answer = {"understood": "", "result": {**plan(*steps), **more}, "rest": rest}
    return await propose(task, ProposingResolver(Says(answer)))


def step(name: str, **arguments: Any) -> dict[str, Any]:
    return {"action": name, **arguments}


def singer(name: str) -> Mapping[str, Any]:
    return find("singer", name)


def concert(name: str) -> Mapping[str, Any]:
    return find("concert", name)


def chosen(value: Any, quote: str) -> dict[str, Any]:
    return {"value": value, "quote": quote}
