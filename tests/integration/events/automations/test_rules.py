"""A rule is no way around anything: its author's rights of the moment, the contract's policy, the same validation and
history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

import store.accounts.members
import store.automations
import store.history.authenticity
import store.history.log
from agent.pipeline import GivenSource
from store import rows
from store.history.log import HistoryFilters
from tests.integration.events.reacting import fired, made_rule, made_runs, payload, reacted, seen
from tests.integration.web.api.shop import Shop


async def kinds(shop: Shop, run_id: str) -> list[str]:
    async with shop.container.database.read() as session:
        rows = await store.history.log.page(
            session, shop.actors["olivia"].workspace, filters=HistoryFilters(run_id=run_id), limit=50
        )
    return [row.kind for row in reversed(rows)]


async def test_an_event_that_fits_makes_one_run_with_values_from_the_event(shop: Shop) -> None:
    rule = await made_rule(shop)
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert payload(run) == {"ticket_id": 5519, "priority": "high"}
    assert run.plan is not None
    sources = {each.param: each.source for each in run.plan.steps[0].filled}
    assert sources["ticket_id"] == GivenSource(
        by="event",
        pointer="/data/ticket_id",
        ref=event_id,
        reading=sources["ticket_id"].reading,  # type: ignore[union-attr]
    )
    assert isinstance(sources["priority"], GivenSource)
    assert sources["priority"].ref == rule["id"]
    assert run.state == "confirmed", "this contract is never confirmed, by its owner's policy"
    assert await kinds(shop, run.id) == ["prompt", "auto_confirmed"]


async def test_a_rules_call_is_held_where_the_contract_is_confirmed(shop: Shop) -> None:
    await made_rule(shop, action="saas.close_ticket", parameters={"ticket_id": {"from": "/data/ticket_id"}})
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert run.state == "held"
    answer = await shop.call("POST", f"/v1/runs/{run.id}/confirm", {"digest": run.digest})
    assert answer.json()["state"] == "confirmed"


async def test_once_confirmed_is_not_confirmed_for_the_next_event(shop: Shop) -> None:
    await made_rule(shop, action="saas.close_ticket", parameters={"ticket_id": {"from": "/data/ticket_id"}})
    for ticket in (5519, 5522):
        await fired(shop, "ticket.created", ticket_id=ticket)
        await reacted(shop)
        run = (await made_runs(shop))[0]
        assert run.state == "held", "confirmed once in a session, and every event is a session of its own"
        await shop.call("POST", f"/v1/runs/{run.id}/confirm", {"digest": run.digest})


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        ("event.data.priority == 'high'", 1),
        ("event.data.priority == 'low'", 0),
        ("event.name.startsWith('ticket.') && event.data.ticket_id > 5000", 1),
        ("event.data.nothing_there > 3", 0),
        ("event.data.ticket_id", 0),
    ],
)
async def test_nothing_is_done_unless_the_condition_holds_and_can_be_judged(
    shop: Shop, condition: str, runs: int
) -> None:
    await made_rule(shop, condition=condition)
    await fired(shop, "ticket.created", ticket_id=5519, priority="high")
    await reacted(shop)
    assert len(await made_runs(shop)) == runs


@pytest.mark.parametrize(
    ("changes", "pointer", "said"),
    [
        ({"condition": "event.data."}, "/condition", "no CEL expression"),
        ({"condition": "1+1"}, "/condition", "A condition is true or false"),
        ({"condition": "size(event.data.subject)"}, "/condition", "this one never can be"),
        ({"parameters": {"priority": {"value": "soon"}}}, "/parameters/priority/value", "priority: "),
        ({"parameters": {"priority": {"value": 3}}}, "/parameters/priority/value", "priority: 3 "),
        ({"parameters": {"priority": None}}, "/parameters/priority", "needs priority"),
        ({"parameters": {"ticket_id": None}}, "/parameters/ticket_id", "needs ticket_id"),
        ({"parameters": {"haste": {"value": 3}}}, "/parameters/haste", "has no parameter haste"),
        ({"action": "saas.no_such"}, "/action", "no registered action"),
    ],
)
async def test_what_every_event_would_be_refused_by_is_named_by_its_place(
    shop: Shop, changes: dict[str, Any], pointer: str, said: str
) -> None:
    given = {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "high"}} | changes.get("parameters", {})
    rule = {
        "name": "x",
        "event": "ticket.created",
        "action": "saas.set_ticket_priority",
        **changes,
        "parameters": {name: each for name, each in given.items() if each is not None},
    }
    answer = await shop.call("POST", "/v1/rules", rule)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    error = answer.json()["errors"][0]
    assert error["pointer"] == pointer
    assert said in error["detail"]
    assert (await shop.call("GET", "/v1/rules")).json()["data"] == []


async def test_what_is_derived_from_the_record_of_a_given_parameter_may_be_left_out(shop: Shop) -> None:
    rule = {"name": "x", "event": "invoice.paid", "action": "saas.refund_invoice"}
    bare = await shop.call("POST", "/v1/rules", rule)
    assert [each["pointer"] for each in bare.json()["errors"]] == ["/parameters/invoice_id"]
    given = await shop.call("POST", "/v1/rules", {**rule, "parameters": {"invoice_id": {"from": "/data/invoice_id"}}})
    assert given.status_code == 201, given.text


async def test_a_constant_that_fits_is_kept_and_a_change_to_one_that_does_not_is_refused(shop: Shop) -> None:
    rule = await made_rule(shop)
    worse = {"parameters": {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "soon"}}}
    answer = await shop.call("PATCH", f"/v1/rules/{rule['id']}", worse)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/parameters/priority/value")
    assert (await shop.call("GET", f"/v1/rules/{rule['id']}")).json()["parameters"]["priority"] == {"value": "high"}


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "ticket"},
        {"event": "*.*.*.*.*"},
        {"condition": "params.amount > 3"},
        {"condition": "event.data."},
        {"action": "saas.no_such"},
        {"parameters": {"ticket_id": {"from": "/data/ticket_id"}, "surprise": {"value": 1}}},
        {"parameters": {"ticket_id": {"from": "ticket_id"}}},
        {"parameters": {"ticket_id": {"from": "/data/x", "value": 3}}},
        {"parameters": {"ticket_id": {}}},
        {"mode": "maybe"},
        {"unknown": True},
    ],
)
async def test_a_rule_that_could_not_work_is_refused_when_it_is_made(shop: Shop, changes: dict[str, Any]) -> None:
    rule = {
        "name": "x",
        "event": "ticket.created",
        "action": "saas.close_ticket",
        "parameters": {"ticket_id": {"from": "/data/ticket_id"}},
    }
    answer = await shop.call("POST", "/v1/rules", rule | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert (await shop.call("GET", "/v1/rules")).json()["data"] == []


async def test_what_the_event_lacks_is_refused_and_what_is_optional_is_left_out(shop: Shop) -> None:
    credit = {
        "customer_id": {"from": "/data/customer_id"},
        "amount": {"value": 500},
        "note": {"from": "/data/reason"},
    }
    await made_rule(shop, event="customer.*", action="saas.apply_credit", parameters=credit)
    await fired(shop, "customer.updated", customer_id=421)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert payload(run) == {"customer_id": 421, "amount": 500, "currency": "EUR"}
    await made_rule(shop, parameters={"ticket_id": {"from": "/data/nope"}, "priority": {"value": "low"}})
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    run = (await made_runs(shop))[0]
    assert run.refusal is not None
    assert "/data/nope" in run.refusal.detail


async def test_a_record_the_event_names_must_be_there(shop: Shop) -> None:
    await made_rule(shop)
    await fired(shop, "ticket.created", ticket_id=999_999)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert run.refusal is not None
    assert run.state == "refused"


async def test_shadow_mode_says_what_it_would_have_done_and_does_nothing(shop: Shop) -> None:
    rule = await made_rule(shop, mode="shadow")
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    assert await made_runs(shop) == []
    path = f"/v1/rules/{rule['id']}/firings"
    (firing,) = (await shop.call("GET", path)).json()["data"]
    assert (firing["event_id"], firing["verdict"], firing["run_id"]) == (event_id, "shadow", None)
    assert json.loads(firing["would"]["calls"][0]["payload"])["params"] == {"ticket_id": 5519, "priority": "high"}
    (outside,) = (await shop.call("GET", path, by="sara")).json()["data"]
    assert outside["would"] is None, "records are for its author and owners"


async def test_a_rule_that_is_off_does_not_even_watch(shop: Shop) -> None:
    rule = await made_rule(shop, mode="off")
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    assert rule["id"] not in await seen(shop, event_id)


async def test_a_dry_run_over_past_events_shows_everything_and_sends_and_stores_nothing(shop: Shop) -> None:
    for ticket in (5519, 999_999):
        await fired(shop, "ticket.created", ticket_id=ticket)
        shop.clock.advance(seconds=1)
    await fired(shop, "parcel.weighed")
    await reacted(shop)
    rule = await made_rule(shop, mode="off", condition="event.data.ticket_id > 1")
    async with shop.container.database.read() as session:
        before = (await session.execute(text("SELECT COUNT(*) FROM history"))).scalar_one()
    answer = (await shop.call("POST", f"/v1/rules/{rule['id']}/dry-run", {})).json()["data"]
    refused, planned = answer
    assert "refusal" in refused["would"]
    assert json.loads(planned["would"]["calls"][0]["payload"])["params"]["ticket_id"] == 5519
    assert await made_runs(shop) == []
    async with shop.container.database.read() as session:
        assert (await session.execute(text("SELECT COUNT(*) FROM history"))).scalar_one() == before
        assert (await session.execute(text("SELECT COUNT(*) FROM calls"))).scalar_one() == 0
    assert (await shop.call("POST", f"/v1/rules/{rule['id']}/dry-run", {}, by="amir")).status_code == 403


async def test_a_rule_stops_at_its_ceiling_and_says_so(shop: Shop) -> None:
    rule = await made_rule(shop, max_per_hour=2)
    for _ in range(3):
        await fired(shop, "ticket.created", ticket_id=5519)
        await reacted(shop)
    assert len(await made_runs(shop)) == 2
    firings = (await shop.call("GET", f"/v1/rules/{rule['id']}/firings")).json()["data"]
    assert sorted(each["verdict"] for each in firings) == ["over_limit", "run", "run"]
    shop.clock.advance(hours=1, seconds=1)
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    assert len(await made_runs(shop)) == 3


async def test_one_event_never_makes_two_runs_of_one_rule(shop: Shop) -> None:
    await made_rule(shop)
    event_id = await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    async with shop.container.database.begin() as session:  # as if the walk had lost its memory
        await session.execute(text("UPDATE event_reactions SET state = 'pending', attempts = 0"))
        await session.execute(text("UPDATE work SET state = 'ready', finished_ms = NULL, due_ms = 0"))
    await reacted(shop)
    assert len(await made_runs(shop)) == 1
    reaction = next(iter((await seen(shop, event_id)).values()))
    assert "has made a run of this rule before" in reaction["error"]


async def test_a_condition_from_before_the_limits_is_not_judged_and_not_switched_on(shop: Shop) -> None:
    rule = await made_rule(shop)
    bomb = "event.data.l.all(a, event.data.l.all(b, event.data.l.all(c, true)))"
    async with shop.container.database.begin() as session:
        row = await store.automations.rule(session, shop.actors["olivia"].workspace, rule["id"])
        assert await rows.amend(session, row, {"condition": bomb})
    event_id = await fired(shop, "ticket.created", ticket_id=5519, l=[1])
    await reacted(shop)
    assert await made_runs(shop) == []
    assert "3 loops" in (await seen(shop, event_id))[rule["id"]]["detail"]
    for mode, status in (("off", 200), ("on", 400), ("shadow", 400)):
        assert (await shop.call("PATCH", f"/v1/rules/{rule['id']}", {"mode": mode})).status_code == status


async def test_a_rule_that_was_parked_is_switched_on_by_a_person_and_counted_anew(shop: Shop) -> None:
    rule = await made_rule(shop)
    async with shop.container.database.begin() as session:
        row = await store.automations.rule(session, shop.actors["olivia"].workspace, rule["id"])
        assert [await store.automations.count_overrun(session, row) for _ in range(3)] == [1, 2, 3]
        assert await store.automations.park_rule(session, row, "Its condition was stopped 3 times.", shop.clock())
        assert not await store.automations.park_rule(session, row, "Once is enough.", shop.clock())
    assert (await shop.call("GET", f"/v1/rules/{rule['id']}")).json()["mode"] == "off"
    assert (await shop.call("PATCH", f"/v1/rules/{rule['id']}", {"mode": "on"})).status_code == 200
    async with shop.container.database.read() as session:
        row = await store.automations.rule(session, shop.actors["olivia"].workspace, rule["id"])
    assert (row.mode, row.overruns, row.parked) == ("on", 0, "")
