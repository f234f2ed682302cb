"""Lists that are longer than a page: nothing is missing, nothing is twice, and no way leads to an empty page."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from httpx import AsyncClient

import store.webhooks.endpoints
from agent.runs import repository
from agent.runs.service import RunService
from events.automations.service import InstructionForm, RuleForm, Source
from tests.integration.web.console.console import CONTRACT, Console
from tests.integration.web.console.samples.card import RUN


def way_on(page: str, label: str) -> str:
    """The address of the button with this label; empty where there is none."""
    found = re.search(rf'<a class="button"(?: rel="\w+")? href="([^"]+)">{label}</a>', page)
    return html.unescape(found[1]) if found else ""


async def walked(browser: AsyncClient, at: str, label: str, row: str) -> list[list[str]]:
    """What each page has in its rows, page by page."""
    pages = []
    while at:
        text = (await browser.get(at)).text
        pages.append(re.findall(row, text))
        at = way_on(text, label)
    return pages


@pytest.mark.parametrize(("asked", "sizes"), [(30, [30]), (31, [30, 1])])
async def test_the_last_full_page_leads_to_no_empty_one(console: Console, asked: int, sizes: list[int]) -> None:
    for at in range(asked):
        await console.run_of(console.owner, f"refund order {at}")
    browser = await console.signed_in("olivia@shop.test")
    pages = await walked(browser, "/runs", "Older", r'href="/runs/(run_\w+)"')
    assert [len(page) for page in pages] == sizes
    assert len({each for page in pages for each in page}) == asked


async def test_runs_that_cannot_be_read_hide_no_older_ones(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [await console.run_of(console.owner, f"refund order {at}") for at in range(31)]
    unread = {each.id for each in runs[1:]}
    readable = repository.list_readable
    monkeypatch.setattr(repository, "list_readable", lambda rows: readable(row for row in rows if row.id not in unread))
    browser = await console.signed_in("olivia@shop.test")
    assert "Another version of OpsIQ stored the requests of this page." in (await browser.get("/runs")).text
    pages = await walked(browser, "/runs", "Older", r'href="/runs/(run_\w+)"')
    assert pages == [[], [runs[0].id]]


async def test_many_members_come_in_pages_by_name_and_are_searched(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert 'role="search"' not in (await browser.get("/members")).text, "three are looked through at a glance"
    for at in range(60):
        await console.container.member_service.invite(console.owner, email=f"p{at:02}@shop.test", role="support")
    pages = await walked(browser, "/members", "Next", r'href="/members/(mem_\w+)"')
    assert [len(page) for page in pages] == [50, 13]
    assert len({each for page in pages for each in page}) == 63
    last = (await browser.get("/members?start=50")).text
    assert "51–63 of 63" in last
    assert way_on(last, "Previous") == "/members?start=0"
    found = (await browser.get("/members?q=INVITED+p4")).text
    assert re.findall(r"<td>([^<]+@[^<]+)</td>", found) == [f"p4{at}@shop.test" for at in range(10)]
    assert "1–10 of 10" in found
    assert "No member has “nobody&amp;co”" in (await browser.get("/members?q=nobody%26co")).text


async def walked_by_thirties(console: Console, at: str, row: str) -> None:
    """31 of them come on two pages, each once; past the end is a way back."""
    browser = await console.signed_in("olivia@shop.test")
    pages = await walked(browser, at, "Next", row)
    assert [len(page) for page in pages] == [30, 1]
    assert len({each for page in pages for each in page}) == 31
    on = "&" if "?" in at else "?"
    assert "31–31 of 31" in (await browser.get(f"{at}{on}start=30")).text
    assert "There is nothing on this page." in (await browser.get(f"{at}{on}start=60")).text


async def test_many_keys_come_in_pages(console: Console) -> None:
    for at in range(31):
        await console.container.key_admin.create_key(console.owner, f"key {at}", scopes={"events:write"})
    await walked_by_thirties(console, "/keys", r'href="/keys/(key_\w+)"')


async def test_many_endpoints_come_in_pages_and_a_disabled_one_is_told_of_on_each(console: Console) -> None:
    endpoints = console.container.webhooks.endpoints
    made = [await endpoints.create(console.owner, f"https://hooks.example/{at}", ["*"]) for at in range(31)]
    await walked_by_thirties(console, "/webhooks", r'<th scope="row"><a class="clip" href="/webhooks/(\w+)"')
    oldest = made[0].shown.row
    async with console.container.database.begin() as session:
        await store.webhooks.endpoints.change(session, oldest.workspace, oldest.id, console.clock(), state="disabled")
    browser = await console.signed_in("olivia@shop.test")
    assert "An endpoint is disabled and gets nothing" in (await browser.get("/webhooks")).text


async def test_many_rules_and_instructions_come_in_pages_of_their_own(console: Console) -> None:
    automations, parcel = console.container.events.automation_service, Source(**{"from": "/data/parcel"})
    for at in range(31):
        rule = RuleForm(name=f"rule {at}", event="parcel.*", action="shop.refund", parameters={"order": parcel})
        await automations.add_rule(console.owner, rule)
    await walked_by_thirties(console, "/rules", r'href="/rules/(rul_\w+)"')
    for at in range(31):
        told = InstructionForm(name=f"told {at}", event="parcel.*", text="Refund it", actions=["shop.refund"])
        await automations.add_instruction(console.owner, told)
    browser = await console.signed_in("olivia@shop.test")
    both = (await browser.get("/rules?start=30&told_from=30")).text
    assert len(re.findall(r'<th scope="row">', both)) == 2
    assert [html.unescape(each) for each in re.findall(r'rel="prev" href="([^"]+)"', both)] == [
        "/rules?told_from=30&start=0",
        "/rules?start=30&told_from=0#instructions",
    ]


async def test_what_may_be_asked_for_is_listed_by_title_platform_by_platform(console: Console) -> None:
    titled = {"post.z": "Answer", "shop.z": "Add", "shop.a": "weigh", "shop.b": "Bill"}
    contracts = [CONTRACT | {"name": name, "title": title} for name, title in titled.items()]
    await console.container.contract_admin.register(console.owner, contracts)
    browser = await console.signed_in("olivia@shop.test")
    listed = re.findall(r"data-fill=[^>]+><b>([^<]+)</b>", (await browser.get("/")).text)
    assert listed == ["Answer", "Add", "Bill", "Refund an order", "weigh"]
    assert re.findall(r'<th scope="row"><a [^>]+>([^<]+)', (await browser.get("/contracts")).text) == listed
    rule = re.findall(r'<option value="(?:post|shop)\.\w+">([^<]+)', (await browser.get("/rules/new")).text)
    assert rule == listed


async def test_the_search_goes_along_from_page_to_page(console: Console) -> None:
    many = [CONTRACT | {"name": f"shop.of_{at}", "title": f"R&D number {at}"} for at in range(60)]
    await console.container.contract_admin.register(console.owner, many)
    browser = await console.signed_in("olivia@shop.test")
    pages = await walked(browser, "/contracts?q=r%26d", "Next", r'href="/contracts/(shop\.\w+)"')
    assert [len(page) for page in pages] == [50, 10]


async def test_approvals_lead_on_to_those_that_wait_less_long(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def list_awaiting(*_: object, **page: Any) -> tuple[list[Any], str | None]:
        asked.append(page)
        return ([], None) if page["after"] else ([RUN], RUN.id)

    monkeypatch.setattr(RunService, "list_awaiting", list_awaiting)
    browser = await console.signed_in("olivia@shop.test")
    first = (await browser.get("/approvals")).text
    assert (way_on(first, "Oldest"), way_on(first, "Newer")) == ("", f"/approvals?after={RUN.id}")
    second = (await browser.get(f"/approvals?after={RUN.id}")).text
    assert "Nothing on this page waits for you." in second
    assert (way_on(second, "Oldest"), way_on(second, "Newer")) == ("/approvals", "")
    assert asked == [{"after": None, "limit": 30}, {"after": RUN.id, "limit": 30}]
