"""A rule's reaction that brought nothing is not called done: over its ceiling, or its run was refused or ended so."""

from __future__ import annotations

import re

import pytest

import store.automations
from events.automations.service import RuleForm
from store.automations import FiringRow
from tests.integration.web.console.console import CONTRACT, Console
from tests.integration.web.console.events.test_events import fired, lines, reacted
from tests.integration.web.console.runs.test_decided_cards import planned


async def made(console: Console, verdict: str, run_id: str | None = None) -> tuple[str, str]:
    """The rule and the event to which it has reacted so."""
    form = {
        "name": "Pay back",
        "event": "parcel.*",
        "action": "shop.refund",
        "parameters": {"order": {"value": 7}},
    }
    rule = await console.container.events.automation_service.add_rule(console.owner, RuleForm.model_validate(form))
    event = await fired(console)
    await reacted(console, event, (rule.id, 20, "done", ""))
    async with console.container.database.begin() as session:
        row = FiringRow(
            source=rule.id,
            event_id=event,
            workspace=console.owner.workspace,
            at=console.clock(),
            verdict=verdict,
            run_id=run_id,
        )
        await store.automations.insert_firing(session, row)
    return rule.id, event


@pytest.mark.parametrize(
    ("verdict", "badge"), [("over_limit", "over its ceiling"), ("run", "its run was refused"), ("unmet", "")]
)
async def test_a_lost_reaction_is_in_trouble_wherever_it_is_shown(console: Console, verdict: str, badge: str) -> None:
    run_id = None
    if verdict == "run":
        await console.container.contract_admin.register(console.owner, [CONTRACT | {"version": 2, "roles": ["owner"]}])
        run = await planned(console, console.admin)
        assert run.state == "refused"
        run_id = run.id
    rule, event = await made(console, verdict, run_id)
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get(f"/events/{event}")).text
    badges = re.findall(r'<span class="badge[^"]*">([^<]+)</span>', page)
    assert badges == (["in trouble", badge] if badge else ["done", "done"])
    assert await lines(browser, standing="troubled") == ([event] if badge else [])
    assert await lines(browser, standing="done") == ([] if badge else [event])
    assert ("0 of 1 well" in (await browser.get("/events")).text) is bool(badge)
    for place in ("/rules", f"/rules/{rule}"):
        shown = (await browser.get(place)).text
        assert (badge or "condition not met") in shown
        assert "made a run" not in shown


async def test_a_run_that_a_person_rejected_is_not_lost(console: Console) -> None:
    run = await planned(console, console.owner)
    await console.container.decisions.reject(console.owner, run.id)
    _, event = await made(console, "run", run.id)
    browser = await console.signed_in("olivia@shop.test")
    assert await lines(browser, standing="done") == [event]
    assert "made a run" in (await browser.get("/rules")).text
