"""What a person meets who decides a colleague's card: the end of it, in words that speak of who asked."""

from __future__ import annotations

import json
import re

import store.history.log
from agent.pipeline import SuppliedValue
from agent.runs.run import Run
from core.actor import Actor
from tests.integration.web.console.console import CONTRACT, Console, post


async def planned(console: Console, by: Actor) -> Run:
    order = SuppliedValue(value=7, by="api", pointer="/params/order", ref="k")
    return await console.container.runs.direct.run(by, "shop.refund", {"order": order}, given="api", session_id="s")


async def held(console: Console, by: Actor) -> Run:
    run = await planned(console, by)
    assert run.state == "held"
    return run


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_who_rejects_a_colleagues_card_is_shown_its_end(console: Console) -> None:
    run = await held(console, console.owner)
    browser = await console.signed_in("amir@shop.test")
    assert "Refund an order" in (await browser.get("/approvals")).text
    answer = await post(browser, f"/runs/{run.id}/reject", {"reason": "not this one"})
    assert answer.status_code == 303
    page = await browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Rejected. Nothing was sent." in said(page.text)
    async with console.container.database.read() as session:
        last = (await store.history.log.of_run(session, run.workspace, run.id))[-1]
    assert (last.kind, last.request_id) == ("rejected", answer.headers["x-request-id"])


async def test_a_card_of_somebody_who_may_not_ask_for_it_now_is_rejected_and_not_confirmed(console: Console) -> None:
    run = await held(console, console.admin)
    browser = await console.signed_in("olivia@shop.test")
    assert "Confirm…" in (await browser.get(f"/runs/{run.id}")).text
    assert "A request of somebody else waits" in (await browser.get("/")).text
    await console.container.member_service.change_role(console.owner, console.admin.id, "support")
    page = await browser.get(f"/runs/{run.id}")
    why = "“Refund an order” takes the role owner or admin, and Amir, who asked for this, is support."
    assert f"This can't be confirmed now. {why}" in said(page.text).replace("&#39;", "'")
    assert "/confirm" not in page.text
    assert f"/runs/{run.id}/reject" in page.text
    rows = said((await browser.get("/runs")).text)
    assert "can't be confirmed" in rows.replace("&#39;", "'"), "the list says so before the card is opened"
    assert "to confirm" not in rows
    assert "A request of somebody else waits" not in (await browser.get("/")).text
    assert run.id not in (await browser.get("/approvals")).text
    answer = await post(browser, f"/runs/{run.id}/confirm", {"digest": run.digest or "", "sure": "yes"})
    assert answer.status_code == 403
    assert why in said(answer.text)
    assert "you are support" not in said(answer.text)


async def test_a_refusal_says_to_others_whom_it_speaks_to(console: Console) -> None:
    await console.container.contract_admin.register(console.owner, [CONTRACT | {"version": 2, "roles": ["owner"]}])
    run = await planned(console, console.admin)
    assert run.state == "refused"
    for email, told in (("olivia@shop.test", True), ("amir@shop.test", False)):
        browser = await console.signed_in(email)
        page = said((await browser.get(f"/runs/{run.id}")).text)
        assert "you are admin" in page
        assert ("What Amir was told:" in page) is told, page


async def test_a_yes_knows_how_long_its_card_was_open_and_not_how_long_it_waited(console: Console) -> None:
    async def approve(**fields: str) -> dict[str, float | None]:
        run = await held(console, console.admin)
        console.clock.advance(seconds=60)
        browser = await console.signed_in("olivia@shop.test")
        page = await browser.get(f"/runs/{run.id}")
        (shown,) = re.findall(r'name="shown" value="([^"]+)"', page.text)
        console.clock.advance(seconds=2)
        data = {"digest": run.digest or "", "sure": "yes", "shown": shown} | fields
        assert (await post(browser, f"/runs/{run.id}/confirm", data)).status_code == 303
        async with console.container.database.read() as session:
            last = (await store.history.log.of_run(session, run.workspace, run.id))[-1]
        told: dict[str, float | None] = json.loads(last.data)
        return {name: told[name] for name in ("seconds_to_approve", "seconds_open")}

    assert await approve() == {"seconds_to_approve": 62.0, "seconds_open": 2.0}
    assert (await approve(shown="2020-01-01T00:00:00+00:00"))["seconds_open"] == 62.0, "never before there was a card"
    for unread in ("", "yesterday", "2026-11-24T12:00:00"):
        assert (await approve(shown=unread))["seconds_open"] is None


async def test_what_a_key_confirms_has_no_time_among_the_insights(console: Console) -> None:
    mild = CONTRACT | {"version": 2, "risk": "write"}
    await console.container.contract_admin.register(console.owner, [mild])
    row, _ = await console.container.key_admin.create_key(console.owner, "robot", scopes={"runs:confirm"})
    key = Actor(row.workspace, row.id, "key", row.name, row.role, row.person)
    run = await held(console, console.admin)
    console.clock.advance(seconds=1)
    await console.container.decisions.confirm(key, run.id, run.digest or "")
    page = said((await (await console.signed_in("olivia@shop.test")).get("/insights")).text)
    assert "Olivia cards 1 approved 100 % median – within 3 s –" in page, page
