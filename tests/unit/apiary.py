"""Beekeepers who share hives: who keeps which, when it is looked at, what it costs, and the minutes spent on it."""

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
    return {**made, "name": f"apiary.{name}", "endpoint": {"url": f"https://platform.invalid/apiary.{name}"}}


def _new(field: str, **more: Any) -> dict[str, Any]:
    return {"replaces": {"parameter": "hive_id", "field": field}, **more}


_HIVE: Final = {"record": "hive"}
_CONTRACTS: Final = [
    _offer("assign", "Assign a hive", {"hive_id": _NUMBER, "keeper_id": _NUMBER},
        {"hive_id": dict(_HIVE), "keeper_id": {"record": "keeper", **_new("keeper_id")}}),
    _offer("move_check", "Move a check", {"hive_id": _NUMBER, "check_on": _DAY},
        {"hive_id": dict(_HIVE), "check_on": _new("check_on", label="Check date")}, aliases=["postpone"]),
    _offer("set_state", "Set the state of a hive",
        {"hive_id": _NUMBER,
            "state": {"type": "string", "enum": ["open", "treated", "refused", "packed_in", "packed_out"]}},
        {"hive_id": dict(_HIVE),
            "state": _new("state", words={"packed_in": ["pack in"], "packed_out": ["pack out"]})},
        aliases=["pack in", "pack out"]),
    _offer("set_urgency", "Set the urgency of a hive",
        {"hive_id": _NUMBER, "urgency": {"type": "string", "enum": ["calm", "rush"]}},
        {"hive_id": dict(_HIVE), "urgency": _new("urgency")}),
    _offer("set_frames", "Change the number of frames", {"hive_id": _NUMBER, "frames": _NUMBER},
        {"hive_id": dict(_HIVE), "frames": _new("frames", unit="count")}),
    _offer("set_rent", "Change the yearly rate", {"hive_id": _NUMBER, "rate": _NUMBER},
        {"hive_id": dict(_HIVE), "rate": _new("rate", unit="money_minor", currency="EUR",
            label="Rate with its frames")}),
    _offer("log_work", "Log work", {"hive_id": _NUMBER, "keeper_id": _NUMBER, "minutes": _NUMBER},
        {"hive_id": dict(_HIVE), "keeper_id": {"record": "keeper"}, "minutes": {"unit": "minutes"}}),
    _offer("set_hours", "Set an estimate", {"hive_id": _NUMBER, "hours": _NUMBER},
        {"hive_id": dict(_HIVE), "hours": _new("hours", unit="hours")}, aliases=["estimate a hive"]),
    _offer("approve", "Approve a swap", {"swap_id": _NUMBER}, {"swap_id": {"record": "swap"}}, aliases=["ok the swap"]),
    _offer("drop_swap", "Cancel a swap", {"swap_id": _NUMBER, "reason": {"type": "string", "maxLength": 200}},
        {"swap_id": {"record": "swap"}, "reason": {}},
        aliases=["call off", "scrap a swap"], risk="irreversible", optional=("reason",)),
]  # fmt: skip
_KINDS: Final = [
    define("keeper", ["keeper", "keepers"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "name", "search": "name"}], label="{name}"),
    define("hive", ["hive", "hives"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "name", "search": "name"}, {"name": "keeper_id", "type": "id"},
        {"name": "check_on", "type": "date", "ranged": True}, {"name": "frames", "type": "integer", "ranged": True},
        {"name": "rate", "type": "money_minor"}, {"name": "hours", "type": "integer"},
        {"name": "urgency", "type": "enum", "values": ["calm", "rush"]},
        {"name": "state", "type": "enum", "values": ["open", "treated", "refused", "packed_in", "packed_out"]},
        {"name": "place", "type": "enum", "values": ["in_the_shed", "outside"]}], label="{name}", order="check_on",
        relations=[{"kind": "keeper", "via": "keeper_id"}],
        states={"in the shed": {"place": ["in_the_shed"]}, "outside": {"place": ["outside"]}}),
    define("swap", ["swap", "swaps"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "keeper_id", "type": "id"}, {"name": "hive_id", "type": "id"}], label="swap {id}",
        relations=[{"kind": "keeper", "via": "keeper_id"}, {"kind": "hive", "via": "hive_id"}]),
]  # fmt: skip
_RECORDS: Final = {
    "keeper": list_rows("id name", (4, "Ida Brandt"), (5, "Ida Voss"), (6, "Owen Pell"), (7, "Selma Rask"),
        (12, "Theo Lund")),
    "hive": list_rows("id name keeper_id check_on frames rate urgency state place",
        (311, "Old Orchard", 4, "2026-12-07", 10, 4000, "calm", "treated", "outside"),
        (312, "Mill Meadow", 6, "2026-12-09", 8, 3000, "rush", "open", "outside"),
        (313, "Spare Box One", 7, "2026-12-11", 6, 2000, "calm", "open", "in_the_shed"),
        (314, "Spare Box Two", 7, "2026-12-12", 6, 2000, "calm", "open", "outside"),
        (315, "Swarm 2026", 6, "2026-12-13", 6, 2000, "calm", "open", "outside")),
    "swap": list_rows("id keeper_id hive_id", (81, 4, 311), (82, 5, 312)),
}  # fmt: skip
APIARY: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask_apiary(text: str) -> Outcome:
    return await ask(APIARY, text)
