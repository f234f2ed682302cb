"""Connecting a platform in the console, and signing what its connector proposes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import store.connectors
import store.contracts
from agent.history.recorder import EntryType
from tests.integration.web.console.console import PASSWORD, Console, opened_console, post

ADDRESS = "https://platform.example"
FIELDS = {"base_url": ADDRESS, "read_token": "t" * 20, "password": PASSWORD, "once": "a-ticket"}
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def configured(console: Console) -> list[str]:
    async with console.container.database.read() as session:
        return [row.base_url for row in await store.connectors.listed(session, console.owner.workspace)]


async def in_force(console: Console) -> set[str]:
    async with console.container.database.read() as session:
        return {row.name for row in await store.contracts.active(session, console.owner.workspace)}


async def test_a_platform_is_connected_its_actions_are_signed_and_can_be_asked_for(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert "Connect it" in (await browser.get("/connectors/saas")).text
    assert "Connect the platform first" in (await browser.get("/connectors/saas/contracts")).text
    answer = await post(browser, "/connectors/saas/connect", {**FIELDS, "action_secret": SECRET})
    assert (answer.status_code, answer.headers["location"]) == (303, "/connectors/saas/contracts")
    assert await configured(console) == [ADDRESS]

    page = (await browser.get("/connectors/saas/contracts")).text
    assert len(re.findall(r'name="contract" value="[^"]+" checked', page)) == page.count('name="contract"') > 1
    for shown in ("Refund an invoice", "saas.refund_invoice", f"{ADDRESS}/", "can&#39;t be undone", "always confirmed"):
        assert shown in page, shown
    signed = await post(
        browser, "/connectors/saas/contracts", {"contract": "saas.refund_invoice", "password": PASSWORD, "once": "b"}
    )
    assert signed.status_code == 303
    assert await in_force(console) == {"shop.refund", "saas.refund_invoice"}
    assert "Refund an invoice" in (await browser.get("/")).text
    left = (await browser.get("/connectors/saas/contracts")).text
    assert "saas.refund_invoice" not in left
    assert "saas.close_ticket" in left
    assert not re.search(r'name="contract" value="[^"]+" checked', left), "what was not ticked is not ticked again"


async def test_actions_that_name_no_role_are_not_ticked_and_the_page_says_that_nobody_could_ask(tmp_path: Path) -> None:
    cms = Path("connectors/directus")
    actions = json.loads((cms / "actions.json").read_text())["actions"][:2]
    actions[1]["roles"] = []
    mine = tmp_path / "connectors" / "my_cms"
    mine.mkdir(parents=True)
    for name, text in (
        ("connector.json", (cms / "connector.json").read_text()),
        ("actions.json", json.dumps({"actions": actions})),
    ):
        (mine / name).write_text(re.sub(r'"directus\b', '"my_cms', text))
    async with opened_console(tmp_path / "data", OPSIQ_CONNECTORS=str(mine)) as console:
        eve = await console.signed_in("eve@else.test")
        assert 'href="/connectors">Connect your platform</a>' in (await eve.get("/")).text
        await post(eve, "/connectors/my_cms/connect", FIELDS)
        page = (await eve.get("/connectors/my_cms/contracts")).text
        assert "1 of these name no role, so nobody could ask for them." in page
        assert re.findall(r'name="contract" value="([^"]+)"( checked)?>', page) == [
            (actions[0]["name"].replace("directus", "my_cms"), " checked"),
            (actions[1]["name"].replace("directus", "my_cms"), ""),
        ]
        for path in ("/", "/contracts"):
            assert 'href="/connectors/my_cms/contracts">Sign the actions of my_cms</a>' in (await eve.get(path)).text
        assert "0 of 2 registered" in (await eve.get("/connectors/my_cms")).text


async def test_without_a_secret_of_the_platforms_one_is_made_and_shown_this_once(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await post(browser, "/connectors/saas/connect", FIELDS)
    assert answer.status_code == 201
    assert "whsec_" in answer.text
    for path in ("/connectors/saas", "/connectors/saas/connect"):
        assert "whsec_…" in (page := (await browser.get(path)).text) or "whsec_" not in page, path


async def test_no_secret_that_was_given_is_on_any_page_or_in_history(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await post(browser, "/connectors/saas/connect", {**FIELDS, "action_secret": SECRET})
    for path in ("/connectors", "/connectors/saas", "/connectors/saas/connect", "/history/export.csv"):
        page = (await browser.get(path)).text
        assert not [each for each in (SECRET, "t" * 20) if each in page], path
    assert EntryType.CONNECTOR_CONFIGURED in (await browser.get("/history/export.csv")).text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("password", "wrong", "This is not your password"),
        ("base_url", "ftp://platform.example", "Give the platform&#39;s address"),
        ("base_url", "javascript:alert(1)", "Give the platform&#39;s address"),
        ("base_url", "https://", "Give the platform&#39;s address"),
        ("base_url", "https://[", "This is no address"),
        ("base_url", "https://me:secret@platform.example", "A secret has no place in an address"),
    ],
)
async def test_what_can_not_be_right_connects_nothing_and_says_why(
    console: Console, field: str, value: str, said: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await post(browser, "/connectors/saas/connect", {**FIELDS, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert await configured(console) == []


async def test_a_wrong_password_or_no_tick_signs_nothing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await post(browser, "/connectors/saas/connect", {**FIELDS, "action_secret": SECRET})
    for data in ({"contract": "saas.refund_invoice", "password": "wrong"}, {"password": PASSWORD}):
        answer = await post(browser, "/connectors/saas/contracts", {**data, "once": "c"})
        assert answer.status_code == 422
    assert await in_force(console) == {"shop.refund"}
    again = await post(browser, "/connectors/saas/contracts", {"contract": "shop.charge", "password": PASSWORD})
    assert again.status_code == 303
    assert await in_force(console) == {"shop.refund"}, "only what the connector proposes"


async def test_a_connector_that_is_not_there_can_not_be_connected(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for path in ("/connectors/nothing/connect", "/connectors/nothing/contracts"):
        assert (await browser.get(path)).status_code == 404
        assert (await post(browser, path, {**FIELDS, "contract": "x"})).status_code == 404
