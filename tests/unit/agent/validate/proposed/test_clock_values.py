"""A model's time of day becomes a full time of the request's zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from agent.pipeline import Plan, Request
from agent.planning.proposal import Call, Find, PlanResult, Proposal, RecordArgument, TypedValue, Words
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import OWNER

_NUMBER = {"type": "integer", "minimum": 1}
_CREWS = FrozenWorld(
    {
        "contracts": [offer("start_crew", "Set the start of a crew", "Say when a crew begins.", {
            "crew_id": _NUMBER, "start": {"type": "string", "format": "time"}}, {"crew_id": refer("crew")})],
        "kinds": [define("crew", ["crew"], [{"name": "id", "type": "id", "search": "number"},
            {"name": "name", "search": "name"}], label="{name}")],
        "records": {"crew": list_rows("id name", (4, "Harbour"))},
    }
)  # fmt: skip


async def test_an_hour_and_minutes_are_completed() -> None:
    text = "the harbour crew starts at 7.45"
    calls = (
        Call(
            action="marina.start_crew",
            arguments={
                "crew_id": RecordArgument(reference=Find(record="crew", said=Words(text="harbour", start=4))),
                "start": TypedValue(value="07:45", quote=Words(text="7.45", start=27)),
            },
        ),
    )
    now = datetime(2026, 5, 4, 9, tzinfo=timezone(timedelta(hours=2)))
    task = Task(
        Request(text=text, now=now), OWNER, _CREWS.context(_CREWS.provider({})), "run_00000000000000000000000001",
        proposal=Proposal(result=PlanResult(calls=calls)),
    )  # fmt: skip
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled} == {"crew_id": 4, "start": "07:45:00+02:00"}
