"""However many rows a page shows, it takes as many SQL statements: generated over the console's pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from fastapi.routing import APIRoute
from httpx import AsyncClient
from sqlalchemy import Engine

import store.automations
import store.events.events
import store.history.views
import store.webhooks.attempts
import store.webhooks.deliveries
from evals.report import report_storage
from events.automations.service import InstructionForm, RuleForm, Source
from store.automations import FiringRow
from store.events.events import ReactionRow
from store.history.views import HistoryViewRow
from store.webhooks.attempts import AttemptResult
from tests.integration.web.console.console import Console
from tests.integration.web.console.rows import Rows, rows_of
from tests.integration.web.console.samples.evals import report_json
from web.console import ROUTERS

MOST = 16
"""More statements than this no page takes, whatever it shows."""
EVERY_TABLE = {"/history/verify": 16}
"""… but what looks at every table that has codes."""
STREAMS = {"/runs/{run_id}/progress"}
"""What looks again for as long as a run moves."""
NO_PAGES = STREAMS | {"/sign-in", "/sign-in/start", "/sign-in/callback", "/set-up", "/join", "/history/{seq}/case.zip"}
PAGES = sorted(
    {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and route.path not in NO_PAGES
    }
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of every engine in between, without those that begin and end transactions."""
    said: list[str] = []

    def hear(*given: object) -> None:
        said.append(str(given[2]))

    sqlalchemy.event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        sqlalchemy.event.remove(Engine, "before_cursor_execute", hear)


async def taken(browser: AsyncClient, rows: Rows) -> dict[str, list[str]]:
    made = {}
    for path in PAGES:
        await browser.get(rows.at(path))
        with counted() as said:
            answer = await browser.get(rows.at(path))
        assert answer.status_code == 200, (path, answer.text)
        made[path] = list(said)
    return made


async def more(console: Console, rows: Rows) -> None:
    """Another dozen of everything, on every page that lists anything."""
    container, owner = console.container, console.owner
    for at in range(12):
        view = HistoryViewRow(
            id=f"hvw_{at}",
            workspace=owner.workspace,
            person=owner.person,
            person_name="Olivia",
            name=f"view {at}",
            query="kind=held",
            shared=at % 2 == 0,
            created_at=console.clock(),
        )
        async with container.database.begin() as session:
            await store.history.views.save_view(session, view)
        await report_storage.store_report(
            container.database, owner, report_json(wrong=30, title=f"run {at}"), console.clock()
        )
        await console.run_of(owner, f"refund order {at}")
        await container.key_admin.create_key(owner, f"key {at}", scopes={"events:write"})
        await container.webhooks.endpoints.create(owner, f"https://hooks.example/{at}", ["*"])
        delivery = await container.webhooks.redelivery.test(owner, rows.ids["endpoint_id"], "invoice.paid")
        event = await container.events.publisher.publish(
            owner, f"parcel.{'abcdefghijkl'[at]}", {"parcel": at, f"f{at}": at}
        )
        parameters = {"order": Source(value=at)}
        rule = RuleForm(name=f"rule {at}", event="parcel.*", action=rows.ids["name"], parameters=parameters)
        told = InstructionForm(name=f"told {at}", event="parcel.*", text="Refund order 7", actions=[rows.ids["name"]])
        added = await container.events.automation_service.add_rule(owner, rule)
        await container.events.automation_service.add_instruction(owner, told)
        await container.member_service.invite(owner, email=f"person{at}@shop.test", role="support")
        async with container.database.begin() as session:
            for source in (added.id, rows.ids["rule_id"], rows.ids["instruction_id"]):
                firing = FiringRow(
                    source=source, event_id=event.id, workspace=owner.workspace, at=console.clock(), verdict="shadow"
                )
                await store.automations.insert_firing(session, firing)
            reacting = [
                ReactionRow(event_id=one, subscriber=name, workspace=owner.workspace, priority=20, state="failed")
                for one in (event.id, rows.ids["event_id"])
                for name in (added.id, f"connector:saas:{at}")
            ]
            await store.events.events.plan_reactions(session, reacting)
            for one in (delivery.id, rows.ids["delivery_id"]):
                came = AttemptResult(
                    attempt=f"{one}.{at}",
                    n=at + 1,
                    duration_ms=1,
                    headers="{}",
                    response=b"",
                    cut=False,
                    delivery=one,
                    state=None,
                    status=500,
                    error=None,
                    detail="",
                    at=console.clock(),
                    next_at=None,
                    finished_at=None,
                    in_series=True,
                )
                await store.webhooks.attempts.record_attempts(session, [came])


async def test_a_page_takes_as_many_statements_for_many_rows_as_for_one(console: Console) -> None:
    rows = await rows_of(console, console.owner)
    browser = await console.signed_in("olivia@shop.test")
    few = await taken(browser, rows)
    await more(console, rows)
    many = await taken(browser, rows)
    grown = {path: many[path][len(few[path]) :] for path in PAGES if len(many[path]) > len(few[path])}
    assert not grown
    assert {path: len(said) for path, said in many.items() if len(said) > MOST + EVERY_TABLE.get(path, 0)} == {}
