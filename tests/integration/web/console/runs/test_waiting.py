"""What waits for the person who asked: counted in the menu, told on the front page and at the approvals, and listed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import store.runs.runs
from agent.runs.run import Run
from core.actor import Actor
from tests.integration.web.console.console import Console
from tests.integration.web.console.test_lists import walked, way_on
from web.console.runs.runs import GROUPS, PAGE

ROW = r'href="/runs/(run_\w+)"'


async def put(console: Console, actor: Actor, state: str, *, expires_at: datetime | None = None) -> Run:
    run = await console.run_of(actor)
    async with console.container.database.begin() as session:
        row = await store.runs.runs.get(session, run.workspace, run.id)
        fixed = {name: getattr(row, name) for name in store.runs.runs.RunRow.SEALED if hasattr(row, name)}
        del fixed["revision"], fixed["id"], fixed["workspace"], fixed["state"]
        await store.runs.runs.move(
            session,
            run.workspace,
            run.id,
            was=("received",),
            to=state,
            revision=row.revision,
            fixed={name: fixed.pop(name) for name in ("session_id", "actor_id", "person", "surface")},
            **{**fixed, "expires_at": expires_at, "updated_at": console.clock()},
        )
    return run


async def test_own_cards_are_counted_and_listed_and_no_others(console: Console) -> None:
    soon, over = console.clock() + timedelta(minutes=5), console.clock() - timedelta(minutes=5)
    mine = [await put(console, console.owner, "held", expires_at=each) for each in (soon, None)]
    asked = await put(console, console.owner, "asked")
    await put(console, console.owner, "succeeded")
    theirs = await put(console, console.admin, "held", expires_at=soon)
    browser = await console.signed_in("olivia@shop.test")
    for path in ("/", "/approvals"):
        page = (await browser.get(path)).text
        assert '<span class="badge wait">2 waiting</span>' in page
        assert "2 cards of yours wait for your yes." in page
    assert {*re.findall(ROW, (await browser.get("/runs?state=waiting")).text)} == {each.id for each in mine}
    assert re.findall(ROW, (await browser.get("/runs?state=asked")).text) == [asked.id]
    amirs = await console.signed_in("amir@shop.test")
    assert re.findall(ROW, (await amirs.get("/runs?state=waiting")).text) == [theirs.id]
    assert "A card of yours waits for your yes." in (await amirs.get("/")).text
    await put(console, console.admin, "held", expires_at=over)
    assert '<span class="badge wait">1 waiting</span>' in (await amirs.get("/")).text, "what is over waits no more"
    saras = (await (await console.signed_in("sara@shop.test")).get("/")).text
    assert " waiting</span>" not in saras
    assert "of yours" not in saras


async def test_each_group_of_runs_has_its_states_and_any_other_word_shows_all(console: Console) -> None:
    grouped = {state: name for name, (_, states) in GROUPS.items() for state in states}
    made = {state: (await put(console, console.owner, state)).id for state in grouped}
    browser = await console.signed_in("olivia@shop.test")
    for name in GROUPS:
        shown = re.findall(ROW, (await browser.get(f"/runs?state={name}")).text)
        assert {*shown} == {made[state] for state in grouped if grouped[state] == name or not name}
    assert {*re.findall(ROW, (await browser.get("/runs?state=nonsense")).text)} == {*made.values()}
    assert "There is no such run." in (await (await console.signed_in("sara@shop.test")).get("/runs?state=done")).text


async def test_the_pages_of_a_group_stay_within_it(console: Console) -> None:
    for _ in range(PAGE + 1):
        await put(console, console.owner, "failed")
        await put(console, console.owner, "succeeded")
    browser = await console.signed_in("olivia@shop.test")
    pages = await walked(browser, "/runs?state=failed", "Older", ROW)
    assert [len(page) for page in pages] == [PAGE, 1]
    second = way_on((await browser.get("/runs?state=failed")).text, "Older")
    assert way_on((await browser.get(second)).text, "Newest") == "/runs?state=failed"
