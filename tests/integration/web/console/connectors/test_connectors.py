"""Connectors in the console: what each may read, do and hear, what went wrong, and where its platform's webhooks go."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import pytest

import store.connectors
import store.events.events
from agent.workspace.connector_status import list_connectors
from agent.workspace.context import WorkspaceContexts
from connectors.saas.context import SaasRecords
from core.errors import PlatformUnavailable
from core.webhook_signature import make_secret
from executors.http.platform_client import HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from registry.connector import Connector, ReadAccess, Subscriber
from registry.contract import Contract
from registry.discovery import BrokenConnector, DiscoveredConnector
from registry.records import Query, Record
from store.events.events import ReactionRow
from tests.integration.web.console.console import Console
from tests.integration.web.console.keys.test_keys import submit

SECRETS = {"read_token": "the-token-nobody-sees", "action_secret": make_secret()}


class Unwell(Connector):
    """A stranger's code, at its worst."""

    name = "saas"
    title = "Unwell"

    def register_actions(self) -> Sequence[Contract]:
        raise RuntimeError("no actions today")

    def subscribers(self) -> Sequence[Subscriber]:
        raise SystemError("no subscribers today")


async def connect(console: Console) -> None:
    await console.container.workspace_admin.connect(console.owner, "saas", "https://platform.example", SECRETS)


async def test_what_is_found_and_not_connected_says_so(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert "not connected" in (await browser.get("/connectors")).text
    page = (await browser.get("/connectors/saas")).text
    assert "Create a secret" not in page
    pretix = (await browser.get("/connectors/pretix")).text
    assert "listed once it is connected" in pretix
    assert "nothing of its platform can be read" not in pretix
    assert (await browser.get("/connectors/no_such")).status_code == 404


async def test_a_connector_shows_its_safe_fields_and_actions_and_none_of_its_secrets(console: Console) -> None:
    await connect(console)
    proposed = await console.container.contract_admin.propose(console.owner, "saas")
    await console.container.contract_admin.register(console.owner, proposed[:1])
    browser = await console.signed_in("olivia@shop.test")
    listed, page = (await browser.get("/connectors")).text, (await browser.get("/connectors/saas")).text
    assert "connected" in listed
    assert f"1 of {len(proposed)} registered" in listed
    for told in ("https://platform.example", "credit_balance", "Customer", "by email", "one of active, suspended"):
        assert told in page, told
    assert page.count(">not registered<") == len(proposed) - 1
    assert f'href="/contracts/{proposed[0].name}"' in page
    assert f"/connectors/saas/webhook?workspace={console.owner.workspace}" in page
    for secret in SECRETS.values():
        assert secret not in listed + page


async def test_a_secret_for_its_webhooks_is_made_once_and_shown_once(console: Console) -> None:
    await connect(console)
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/connectors/saas", "/connectors/saas/webhook-secret")
    found = re.search(r'id="secret"[^>]*>(whsec_[^<]+)<', answer.text)
    assert answer.status_code == 201
    assert found
    async with console.container.database.read() as session:
        row = await store.connectors.get(session, console.owner.workspace, "saas")
    context = f"connector:{console.owner.workspace}:saas"
    held = json.loads(console.container.box.open(row.sealed_secrets, context=context))
    assert held["webhook_secret"] == found[1]
    assert found[1] not in (await browser.get("/connectors/saas")).text


async def test_one_that_fails_while_it_is_asked_fails_only_for_itself(console: Console) -> None:
    await connect(console)

    def client(base_url: str, token: str, access: ReadAccess, _: tuple[str, str] | None) -> HttpPlatformClient:
        return HttpPlatformClient(base_url, token, guard=SsrfGuard([]), access=access)

    container = console.container
    contexts = WorkspaceContexts(
        container.database,
        container.box,
        [DiscoveredConnector("saas", "Unwell", Unwell)],
        [BrokenConnector("other", "it is empty")],
        client,
    )
    other, saas = await list_connectors(container.database, contexts, console.owner.workspace)
    assert (other.state, other.why) == ("broken", "it is empty")
    assert saas.state == "enabled"
    assert saas.faults == ("it failed while it was asked what it does", "it failed while it was asked what it hears")


async def test_one_that_can_not_be_loaded_says_why(console: Console) -> None:
    await connect(console)
    async with console.container.database.begin() as session:
        there = await store.connectors.get(session, console.owner.workspace, "saas")
        gone = there.model_copy(update={"name": "gone"})
        await store.connectors.put(session, gone)
    browser = await console.signed_in("olivia@shop.test")
    assert "no such connector was found" in (await browser.get("/connectors")).text
    page = (await browser.get("/connectors/gone")).text
    assert "no such connector was found" in page
    assert "OPSIQ_CONNECTORS" in page, "where a folder of one's own is named"
    assert "Create a secret" not in page


async def test_what_it_failed_to_react_to_is_listed_and_nobody_elses(console: Console) -> None:
    await connect(console)
    event = (await console.container.events.publisher.publish(console.owner, "parcel.lost", {})).id
    mine = [("connector:saas:mirror", "failed", "<i>broke</i>"), ("connector:saas:mail", "done", "")]
    theirs = [("connector:saasy:mirror", "failed", "of another"), ("connector:sa_s:mirror", "failed", "of a third")]
    async with console.container.database.begin() as session:
        await store.events.events.plan_reactions(
            session,
            [
                ReactionRow(
                    event_id=event,
                    subscriber=name,
                    workspace=console.owner.workspace,
                    priority=30,
                    state=state,
                    error=error,
                    finished_at=console.clock(),
                )
                for name, state, error in mine + theirs
            ],
        )
    page = (await (await console.signed_in("olivia@shop.test")).get("/connectors/saas")).text
    assert "&lt;i&gt;broke&lt;/i&gt;" in page
    assert page.count(f'href="/events/{event}"') == 1
    assert "of another" not in page


async def test_words_that_two_connections_share_are_told_on_the_page_of_each(console: Console) -> None:
    await connect(console)
    browser = await console.signed_in("olivia@shop.test")
    assert "Words that another connection has too" not in (await browser.get("/connectors/saas")).text
    await console.container.workspace_admin.connect(
        console.owner, "berlin", "https://berlin.example", {"read_token": "another"}, connector="saas"
    )
    for name, other in (("saas", "berlin"), ("berlin", "saas")):
        page = (await browser.get(f"/connectors/{name}")).text
        assert "Words that another connection has too" in page
        assert f"“customer” may also mean {other}.customer" in page


async def test_a_platform_is_asked_whether_it_answers_and_the_page_says_why_not(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Exception] = []

    async def ask(self: SaasRecords, query: Query) -> Sequence[Record]:
        if answers:
            raise answers[0]
        return []

    monkeypatch.setattr(SaasRecords, "search", ask)
    await connect(console)
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get("/connectors/saas")).text
    assert 'hx-get="/connectors/saas/check"' in page
    page = (await browser.get("/connectors/saas/check")).text
    assert '<span class="badge good">yes</span>' in page
    assert "hx-get" not in re.findall(r'<div id="answers".*?</div>', page)[0]
    answers.append(PlatformUnavailable("The platform did not answer within 5 s."))
    page = (await browser.get("/connectors/saas/check")).text
    assert '<span class="badge bad">no</span> The platform did not answer within 5 s.' in page
    answers[:] = [RuntimeError("a fault of the connector, with its secret")]
    page = (await browser.get("/connectors/saas/check")).text
    assert '<span class="badge bad">no</span> Its connector failed' in page
    assert "with its secret" not in page
    assert (await browser.get("/connectors/pretix/check")).status_code == 404, "it isn't connected"
    amir = await console.signed_in("amir@shop.test")
    assert (await amir.get("/connectors/saas/check")).status_code == 403
