"""One order for several records is a call for each, all of them on one card; and records told apart by when they
are."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.saas.kinds import KINDS
from registry.records import Field, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import Case, contract, params, ticket, town

CLOSE = contract(
    "test.close",
    title="Close a ticket",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["ticket_id"],
        "properties": {"ticket_id": {"type": "integer"}},
    },
    annotations={"ticket_id": {"record": "ticket", "filter": {"status": ["open"]}, "each": True}},
    confirmation={"policy": "never"},
)
SEND = contract(
    "test.send",
    title="Assign a ticket",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["ticket_id", "agent_id"],
        "properties": {"ticket_id": {"type": "integer"}, "agent_id": {"type": "integer"}},
    },
    annotations={
        "ticket_id": {"record": "ticket", "each": True},
        "agent_id": {
            "record": "agent",
            "sources": ["prompt"],
            "replaces": {"parameter": "ticket_id", "field": "agent_id"},
        },
    },
    confirmation={"policy": "never"},
)


def rows(count: int = 3, **more: Any) -> dict[str, list[dict[str, Any]]]:
    made = town()
    made["ticket"] = [ticket(6000 + at, 3, f"Ticket {at}", day=at + 1, **more) for at in range(count)]
    return made


async def test_all_of_them_are_a_call_each() -> None:
    case = Case(
        "close all of Berta's tickets",
        ("test.close", {"ticket_id": "all of Berta's tickets"}),
        rows=rows(),
        contracts=[CLOSE],
    )
    plan = await case.plan()
    assert sorted(params(plan, at)["ticket_id"] for at in range(3)) == [6000, 6001, 6002]
    assert len({step.call_id for step in plan.steps}) == 3
    assert all(step.filled[0].source.kind == "record" for step in plan.steps)
    assert all(step.pins for step in plan.steps)


async def test_several_calls_are_held_whatever_the_policy_and_say_how_many() -> None:
    case = Case(
        "close all of Berta's tickets",
        ("test.close", {"ticket_id": "all of Berta's tickets"}),
        rows=rows(),
        contracts=[CLOSE],
    )
    plan = await case.plan()
    assert plan.approvals == 1
    assert any("means 3 tickets" in why for why in plan.held)


async def test_one_of_them_needs_nobody() -> None:
    case = Case(
        "close all of Berta's tickets",
        ("test.close", {"ticket_id": "all of Berta's tickets"}),
        rows=rows(1),
        contracts=[CLOSE],
    )
    assert (await case.plan()).held == ()


async def test_without_the_contracts_word_several_are_asked_about() -> None:
    one = CLOSE.model_copy(
        update={"annotations": {"ticket_id": CLOSE.annotation("ticket_id").model_copy(update={"each": None})}}
    )
    case = Case(
        "close all of Berta's tickets",
        ("test.close", {"ticket_id": "all of Berta's tickets"}),
        rows=rows(),
        contracts=[one],
    )
    assert (await case.question()).code == "ambiguous"


async def test_more_than_can_be_planned_together_are_not_planned() -> None:
    case = Case(
        "close all of Berta's tickets",
        ("test.close", {"ticket_id": "all of Berta's tickets"}),
        rows=rows(25),
        contracts=[CLOSE],
    )
    assert (await case.question()).code == "ambiguous"


async def test_of_all_of_them_those_that_have_it_already_are_left_out() -> None:
    world = rows()
    world["ticket"][1]["agent_id"] = 1
    case = Case(
        "assign all of Berta's tickets to Priya",
        ("test.send", {"ticket_id": "all of Berta's tickets", "agent_id": "Priya"}),
        rows=world,
        contracts=[SEND],
    )
    plan = await case.plan()
    assert sorted(params(plan, at)["ticket_id"] for at in range(len(plan.steps))) == [6000, 6002]


async def test_nothing_to_change_is_refused_as_that() -> None:
    case = Case(
        "assign all of Berta's tickets to Priya",
        ("test.send", {"ticket_id": "all of Berta's tickets", "agent_id": "Priya"}),
        rows=rows(agent_id=1),
        contracts=[SEND],
    )
    refusal = await case.refusal()
    assert refusal.code == "condition_unmet"
    assert "already" in refusal.detail


async def test_whom_something_goes_to_is_never_inferred_from_the_record() -> None:
    case = Case(
        "reassign ticket 6001", ("test.send", {"ticket_id": "ticket 6001"}), rows=rows(agent_id=1), contracts=[SEND]
    )
    asked = await case.question()
    assert (asked.param, asked.code) == ("agent_id", "missing")


MEETING = RecordKind(
    "meeting",
    "Meeting",
    ("meeting", "meetings"),
    (
        Field("id", "id", search="number"),
        Field("name", search="name"),
        Field("starts", "datetime", ranged=True),
        Field("customer_id", "id"),
    ),
    label="{name}",
    relations=(Relation("customer", "customer_id"),),
    order="starts",
    times={"over": ("starts", "past")},
    ours=True,
)
MEETINGS = {
    "meeting": [
        {"id": at, "name": name, "starts": starts, "customer_id": 1}
        for at, (name, starts) in enumerate(
            [
                ("Standup", "2026-11-20T09:00:00Z"),
                ("Standup", "2026-11-25T09:00:00Z"),
                ("Planning", "2026-11-25T11:00:00Z"),
                ("Standup", "2026-12-02T09:00:00Z"),
            ]
        )
    ]
}
CANCEL = contract(
    "test.cancel",
    title="Cancel a meeting",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["meeting_id"],
        "properties": {"meeting_id": {"type": "integer"}},
    },
    annotations={"meeting_id": {"record": "meeting", "each": True}},
)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("my next meeting", [1]),
        ("the next standup meeting", [1]),
        ("my last meeting on November 25", [2]),
        ("my first meeting on November 25", [1]),
        ("all future standup meetings", [1, 3]),
        ("all meetings before November 25", [0]),
        ("the meetings that are over", [0]),
    ],
)
async def test_records_are_told_apart_by_when_they_are(words: str, ids: list[int]) -> None:
    case = Case(
        f"cancel {words}", ("test.cancel", {"meeting_id": words}), rows=MEETINGS, contracts=[CANCEL], kinds=(MEETING,)
    )
    plan = await case.plan()
    assert sorted(params(plan, at)["meeting_id"] for at in range(len(plan.steps))) == ids


async def test_none_on_a_day_is_not_said_to_be_none_at_all() -> None:
    words = "Berta's meeting on November 25"
    rows = {**town(), "meeting": [{"id": 9, "name": "Kick-off", "starts": "2026-11-26T09:00:00Z", "customer_id": 3}]}
    kinds = (*KINDS, MEETING)
    case = Case(f"cancel {words}", ("test.cancel", {"meeting_id": words}), rows=rows, contracts=[CANCEL], kinds=kinds)
    assert (await case.question()).text == "Berta Lind has no such meetings."


async def test_a_kind_without_ranged_fields_is_asked_about_rather_than_guessed() -> None:
    case = Case(
        "close the next ticket", ("test.close", {"ticket_id": "the next ticket"}), rows=rows(), contracts=[CLOSE]
    )
    assert (await case.question()).code == "ambiguous"
