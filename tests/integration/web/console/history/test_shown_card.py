"""What a card said is kept in AI History, and every decision about it shows it."""

from __future__ import annotations

import json

import store.history.log
from agent.history.entry_text import summarize_entry
from store.history.log import HistoryRow
from tests.integration.web.console.console import Console, post
from tests.integration.web.console.runs.test_decided_cards import held as hold_card


async def entries(console: Console, run_id: str) -> dict[str, HistoryRow]:
    async with console.container.database.read() as session:
        return {row.kind: row for row in await store.history.log.of_run(session, console.owner.workspace, run_id)}


async def test_the_entry_of_a_card_has_its_sentence_and_its_values_as_shown(console: Console) -> None:
    run = await hold_card(console, console.owner)
    assert run.plan is not None
    data = json.loads((await entries(console, run.id))["held"].data)
    (call,), (step,) = data["plan"]["calls"], run.plan.steps
    assert call["sentence"] == step.preview
    assert call["shown"] == {each.param: {"label": each.label, "value": each.shown} for each in step.filled}
    assert call["shown"], "the card has values"
    assert summarize_entry(data) == step.preview, "the list says what would be done, and not only why it waits"


async def test_a_decision_says_and_shows_what_was_decided(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    said_yes, said_no = await hold_card(console, console.owner), await hold_card(console, console.owner)
    assert said_yes.plan is not None
    assert said_no.plan is not None
    await post(browser, f"/runs/{said_yes.id}/confirm", {"digest": said_yes.plan.digest, "sure": "yes"})
    await post(browser, f"/runs/{said_no.id}/reject", {"reason": "the wrong order", "misread": "yes"})
    confirmed = (await entries(console, said_yes.id))["confirmed"]
    rejected = (await entries(console, said_no.id))["rejected"]
    sentence = said_yes.plan.steps[0].preview
    assert summarize_entry(json.loads(confirmed.data)) == sentence
    assert summarize_entry(json.loads(rejected.data)) == f"{sentence} Reason: the wrong order"
    assert json.loads(rejected.data)["misread"] is True
    for row in (confirmed, rejected):
        page = (await browser.get(f"/history/{row.seq}")).text
        assert "The card, as it was shown" in page
        assert f"<b>{sentence}</b>" in page
    assert sentence in (await browser.get("/history?kind=confirmed")).text


async def test_an_entry_of_an_earlier_version_shows_no_card(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    run = await hold_card(console, console.owner)
    held = (await entries(console, run.id))["held"]
    data = json.loads(held.data)
    for name in ("title", "sentence", "shown"):
        del data["plan"]["calls"][0][name]
    async with console.container.database.begin() as session:
        row = await store.history.log.append(
            session, workspace=held.workspace, kind="held", run_id=run.id, actor=json.loads(held.actor), data=data,
            at=held.at,
        )  # fmt: skip
    assert summarize_entry(data) == data["plan"]["held"][0]
    assert "The card, as it was shown" not in (await browser.get(f"/history/{row.seq}")).text
