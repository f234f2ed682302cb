"""An office's front desk: visitors who sign in and out, and passes that end on a day. Some are called by a word."""

from __future__ import annotations

from typing import Any, Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_VISIT: Final = {"visit_id": {"record": "visit", "ask": "Which visit?"}}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"office.{name}", "endpoint": {"url": f"https://platform.invalid/office.{name}"}}


CONTRACTS: Final = [
    _offer("sign_in", "Sign a visitor in", {"visit_id": _NUMBER}, _VISIT,
        examples=["sign Clay in", "Ada has turned up"], aliases=["dropped in"]),
    _offer("sign_out", "Sign a visitor out", {"visit_id": _NUMBER}, _VISIT,
        examples=["sign Ada out", "Ada was let go"]),
    _offer("drop_visit", "Strike a visit off", {"visit_id": _NUMBER}, _VISIT,
        examples=["Ada isn't showing up after all"]),
    _offer("extend_pass", "Extend a pass", {"visit_id": _NUMBER, "until": {"type": "string", "format": "date"}},
        {**_VISIT, "until": {"replaces": {"parameter": "visit_id", "field": "until"}}},
        examples=["Ada is staying till 9 May"], aliases=["prolong"]),
    _offer("set_diet", "Write down what a visitor eats",
        {"visit_id": _NUMBER, "diet": {"type": "string", "maxLength": 80}},
        {**_VISIT, "diet": {"replaces": {"parameter": "visit_id", "field": "diet"}}},
        examples=["Ivy is on soft food now"]),
]  # fmt: skip
_KINDS: Final = [
    define("visit", ["visit", "visits", "visitor", "visitors"], [{"name": "id", "type": "id", "search": "number"},
        {"name": "name", "search": "name"}, {"name": "until", "type": "date", "ranged": True}, {"name": "diet"}],
        label="{name}", order="until"),
]  # fmt: skip
_RECORDS: Final = {
    "visit": list_rows("id name until diet",
        (61, "Ada Quist", "2026-12-05", "any"), (62, "Clay Ferrer", "2026-12-20", "any"),
        (63, "Ivy Marsh", "2026-12-12", "any")),
}  # fmt: skip
OFFICE: Final = FrozenWorld({"contracts": CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def ask_office(text: str) -> Outcome:
    return await ask(OFFICE, text)
