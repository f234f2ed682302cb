"""The house's own walk, driven piece by piece."""

from __future__ import annotations

import json
from typing import Any

from agent.runs.run import Run
from executors.jobs.queue import Done, Reschedule, SqlQueue
from tests.integration.web.api.shop import Shop


async def reacted(shop: Shop) -> None:
    """Everything that is due of events, done."""
    handlers = shop.container.events.handlers
    queue = SqlQueue(shop.container.database, owner="test", lease_s=60)
    while claimed := await queue.claim(list(handlers), 50):
        for job in claimed:
            outcome = await handlers[job.kind](job)
            assert isinstance(outcome, Done | Reschedule)
            assert await queue.settle([(job, outcome)]) == [True]


async def fired(shop: Shop, event: str, *, by: str = "olivia", **data: Any) -> str:
    answer = await shop.call("POST", "/v1/events/fire", {"event": event, "data": data}, by=by)
    assert answer.status_code == 202, answer.text
    event_id: str = answer.json()["id"]
    return event_id


async def seen(shop: Shop, event_id: str) -> dict[str, Any]:
    """An event's reactions by subscriber, as the API tells them."""
    answer = await shop.call("GET", f"/v1/events/{event_id}")
    return {each["subscriber"]: each for each in answer.json()["reactions"]}


async def made_runs(shop: Shop) -> list[Run]:
    """Every run of the workspace, newest first."""
    return await shop.container.runs.list_runs(shop.actors["olivia"])


async def made_rule(shop: Shop, *, by: str = "olivia", **changes: Any) -> dict[str, Any]:
    rule = {
        "name": "Urgent tickets", "event": "ticket.created", "action": "saas.set_ticket_priority", "mode": "on",
        "parameters": {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "high"}},
    }  # fmt: skip
    answer = await shop.call("POST", "/v1/rules", rule | changes, by=by)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def payload(run: Run) -> dict[str, Any]:
    """The parameters of a run's one call."""
    assert run.plan is not None, run.refusal
    (step,) = run.plan.steps
    params: dict[str, Any] = json.loads(step.payload)["params"]
    return params
