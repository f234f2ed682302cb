"""A thread in the console: what came before stands above, and the next request goes on from it."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent.pipeline import (
    Candidate,
    ComputedSource,
    PromptSource,
    ProposedSource,
    Question,
    QuestionCode,
    RecordSnapshot,
    Refusal,
    Reply,
    RunState,
)
from agent.runs import repository
from agent.runs.run import Run
from agent.runs.states import Planned
from agent.validate.payload import digest_plan
from agent.workspace.context import WorkspaceContext
from core.webhook_signature import make_secret
from tests.integration.web.console.console import Console, opened_console, post
from tests.integration.web.console.samples.card import PLAN, RUN
from web.console.runs import card
from web.console.runs.conversation import _tell_outcome, make_answer_view


async def put(console: Console, run: Run, **changes: object) -> Run:
    async with console.container.database.begin() as session:
        return await repository.move(session, run.with_(**changes), was={run.state})


async def test_what_came_before_stands_above_and_the_next_request_goes_on_from_it(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    reply = Reply(
        text="2 orders: 7; 8.", count=2, records=(Candidate(id="7", label="order 7"),), actions=("shop.refund",)
    )
    first = await put(console, await console.run_of(console.owner, "which orders?"), state="answered", reply=reply)
    page = (await browser.get(f"/runs/{first.id}")).text
    assert "2 orders: 7; 8." in page
    assert "and 1 more" in page
    assert "Earlier in this conversation" not in page
    assert f'href="/?say=Refund%20an%20order%3A%20order%207&amp;thread={first.id}"' in page
    sent = await post(browser, "/runs", {"text": "refund the first", "thread": first.id})
    assert sent.status_code == 303
    second = sent.headers["location"]
    page = (await browser.get(second)).text
    assert "Earlier in this conversation" in page
    assert re.search(rf'href="/runs/{first.id}".*which orders\?.*2 orders: 7; 8\.', page)
    later = (await browser.get(f"/runs/{first.id}")).text
    assert "Later in this conversation" in later
    asking = (await browser.get(f"/?say=refund&thread={first.id}")).text
    assert f'name="thread" value="{first.id}"' in asking
    assert "New conversation" in asking


async def test_an_owner_who_looks_at_somebody_elses_run_does_not_go_on_from_it(console: Console) -> None:
    run = await console.run_of(console.admin, "which orders?")
    other = await console.container.runs.ask(console.admin, "and those?", session_id="test", thread_id=run.id)
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get(f"/runs/{other.id}")).text
    assert "and those?" in page
    assert "which orders?" not in page
    assert 'name="thread"' not in page
    sent = await post(browser, "/runs", {"text": "x", "thread": run.id})
    assert sent.status_code == 404


async def test_a_request_that_is_empty_keeps_its_thread(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    run = await console.run_of(console.owner)
    sent = await post(browser, "/runs", {"text": "  ", "thread": run.id})
    assert sent.status_code == 422
    assert f'name="thread" value="{run.id}"' in sent.text


async def test_a_request_that_is_too_long_comes_back_whole(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    words = "refund order 7, " * 300 + "no, don't"
    sent = await post(browser, "/runs", {"text": words})
    assert sent.status_code == 422
    assert "A request has at most 4000 characters; this one has 4809." in sent.text
    assert words.replace("'", "&#39;") in sent.text


async def test_what_an_answer_says_of_each_record_stands_beside_it_and_not_in_the_heading(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    orders = (Candidate(id="7", label="order 7", detail="Ada · paid"), Candidate(id="8", label="order 8"))
    reply = Reply(text="2 orders: order 7 (Ada, due Friday); order 8 (late).", count=2, records=orders)
    run = await put(console, await console.run_of(console.owner, "orders"), state="answered", reply=reply)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert ">2 orders</h1>" in page
    assert "<small>due Friday · Ada · paid</small>" in page
    assert "<small>late</small>" in page


async def test_a_long_answer_has_a_short_heading(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    names = ", ".join(f"Ada {number} owes {number}.00 EUR" for number in range(20))
    for text, heading in ((f"Across 20 orders: {names}.", ">Across 20 orders</h1>"), (names, 'class="sr">Answer</h1>')):
        reply = Reply(text=text, count=20)
        run = await put(console, await console.run_of(console.owner, "who owes"), state="answered", reply=reply)
        page = (await browser.get(f"/runs/{run.id}")).text
        assert heading in page
        assert page.count("Ada 19 owes") == 1, "and not in the heading too"


async def test_a_platform_that_did_not_answer_is_no_matter_of_words(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    refusal = Refusal(code="unavailable", detail="The platform did not answer in time (GET /orders).")
    run = await put(console, await console.run_of(console.owner), state="refused", refusal=refusal)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "That can&#39;t be worked out just now" in page
    assert ">Ask again<" in page
    assert "See what you can ask for" not in page
    forbidden = Refusal(code="forbidden", detail="Only owners may do that.")
    run = await put(console, await console.run_of(console.owner), state="refused", refusal=forbidden)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "I can&#39;t do that" in page
    assert ">Ask again, in other words<" in page
    assert "See what you can ask for" in page


async def test_what_is_so_already_is_no_failure(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    refusal = Refusal(code="condition_unmet", detail="The plan of Ida Kern is pro already. Nothing was done.")
    run = await put(console, await console.run_of(console.owner), state="refused", refusal=refusal)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "Nothing had to be done" in page
    assert '<span class="badge quiet">nothing done</span>' in page
    assert "The plan of Ida Kern is pro already. Nothing was done." in page
    assert "I can&#39;t do that" not in page


async def test_what_is_said_without_asking_asks_for_what_is_meant(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    said: tuple[tuple[str, QuestionCode, str], ...] = (
        ("No order is called ‘x’ here.", "not_found", "Say which you mean"),
        ("I can't read ‘x’ as a day.", "unreadable", "Say it another way"),
        ("Which order?", "not_found", "Your answer"),
    )
    for text, code, label in said:
        asked = Question(slot="0.order", code=code, text=text)
        run = await put(console, await console.run_of(console.owner), state="asked", question=asked)
        assert f'<label for="answer">{label}</label>' in (await browser.get(f"/runs/{run.id}")).text


async def test_what_only_says_how_a_record_is_is_no_question_and_folds_the_input(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    said, offered = "Order 7 is closed already; nothing was done.", (Candidate(id="8", label="Order 8"),)
    so = Question(slot="0.order", code="not_found", text=said, about=("order", "7"))
    for asked, folded in (
        (so, True),
        (so.model_copy(update={"about": None}), False),
        (so.model_copy(update={"candidates": offered}), False),
        (so.model_copy(update={"text": "Order 7 is closed. Which instead?"}), False),
    ):
        run = await put(console, await console.run_of(console.owner), state="asked", question=asked)
        page = (await browser.get(f"/runs/{run.id}")).text
        assert ("<summary>Name another one instead</summary>" in page) is folded
        assert ('<span class="badge quiet">nothing done</span>' in page) is folded
        assert ('<span class="badge wait">question</span>' in page) is not folded


async def test_an_owner_drops_a_question_that_somebody_else_left_open(console: Console) -> None:
    question = Question(slot="0.order", code="not_found", text="Which order?")
    run = await put(console, await console.run_of(console.admin), state="asked", question=question)
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "Drop the request" in page
    assert "/answer" not in page, "only who asked can answer"
    answer = await post(browser, f"/runs/{run.id}/reject", {"reason": "nobody answers it"})
    assert "Rejected. Nothing was sent." in (await browser.get(answer.headers["location"])).text
    ended = await console.container.runs.show(console.admin, run.id)
    assert (ended.state, ended.reason) == ("rejected", "nobody answers it")


def test_a_value_that_no_code_vouches_for_is_marked_and_a_sum_is_shown() -> None:
    amount, *_ = PLAN.steps[0].filled
    sources = (
        PromptSource(spans=amount.source.spans, read_by="model"),  # type: ignore[union-attr]
        ProposedSource(),
        ComputedSource(reading="49.00 EUR / 2 = 24.50 EUR"),
    )
    filled = tuple(amount.model_copy(update={"source": each}) for each in sources)
    plan = PLAN.model_copy(update={"steps": (PLAN.steps[0].model_copy(update={"filled": filled}),)})
    read, proposed, computed = card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params
    assert (read.doubt, proposed.doubt, computed.doubt) == ("read from your words", "proposed by the model", "")
    assert computed.source == "worked out: 49.00 EUR / 2 = 24.50 EUR"


async def test_a_platform_that_does_not_answer_a_yes_leaves_the_card_where_it_was(tmp_path: Path) -> None:
    async with opened_console(tmp_path, OPSIQ_ALLOW_ADDRESSES="127.0.0.0/8") as console:
        await confirm_without_platform(console)


async def test_a_card_leads_back_to_where_its_reader_found_it(console: Console) -> None:
    run = await console.run_of(console.owner)
    steps = (PLAN.steps[0].model_copy(update={"action": "shop.refund", "version": 1, "pins": ()}),)
    plan = PLAN.model_copy(update={"run_id": run.id, "steps": steps})
    expires_at = console.clock() + timedelta(minutes=15)
    await put(console, run, state="held", plan=plan, answers=RUN.answers, expires_at=expires_at)
    for email, place in (("olivia@shop.test", "Runs"), ("amir@shop.test", "Approvals")):
        page = (await (await console.signed_in(email)).get(f"/runs/{run.id}")).text
        assert f'<p class="crumbs"><a href="/{place.lower()}">{place}</a>' in page


async def confirm_without_platform(console: Console) -> None:
    secrets = {"read_token": "a", "action_secret": make_secret()}
    await console.container.workspace_admin.connect(console.owner, "saas", "http://127.0.0.1:9", secrets)
    pin = RecordSnapshot(record_kind="invoice", record_id="7", label="INV-7", digest="sha256:" + "00" * 32, values={})
    run = await console.run_of(console.owner)
    steps = (PLAN.steps[0].model_copy(update={"pins": (pin,)}),)
    digest = digest_plan(steps, run_id=run.id, actor=run.actor, surface=run.surface)
    plan = PLAN.model_copy(update={"run_id": run.id, "steps": steps, "approvals": 1, "digest": digest})
    expires_at = console.clock() + timedelta(minutes=15)
    run = await put(console, run, state="held", plan=plan, answers=RUN.answers, expires_at=expires_at)
    browser = await console.signed_in("olivia@shop.test")
    answer = await post(browser, f"/runs/{run.id}/confirm", {"digest": plan.digest, "sure": "yes"})
    assert answer.status_code == 503
    assert "Nothing was sent and nothing has changed here: try it again in a moment." in answer.text
    assert "Yes: confirm and send" in answer.text, "the card stands there, to be confirmed again"


def test_an_answer_that_introduces_one_record_says_once_what_is_known_of_it() -> None:
    ada = Candidate(id="7", label="Ada Wren", detail="ada@example.com · since 3 Oct 2026")
    reply = Reply(text="Ada Wren (ada@example.com, since 3 Oct 2026).", count=1, records=(ada,))
    context = cast(WorkspaceContext, SimpleNamespace(catalogue=SimpleNamespace(offers=lambda *_: ())))
    shown = make_answer_view(reply, RUN.actor, context)
    assert (shown.name, shown.records[0].detail) == ("Ada Wren", "ada@example.com · since 3 Oct 2026")
    told = reply.model_copy(update={"text": "Ada Wren: total 12,500.00 EUR."})
    shown = make_answer_view(told, RUN.actor, context)
    assert (shown.name, shown.text) == ("", "Ada Wren: total 12,500.00 EUR.")


def test_a_typed_reason_stands_in_its_turn_as_it_was_typed() -> None:
    reason = "paid 2026-12-04, 1200 EUR"
    assert _tell_outcome(RUN.model_copy(update={"state": "rejected", "plan": None, "reason": reason})) == reason


async def test_where_no_action_is_open_an_owner_is_led_to_the_platform(console: Console) -> None:
    refusal = Refusal(code="no_match", detail="No action is open to you here: none is registered for your role.")
    for actor, email, led in ((console.stranger, "eve@else.test", True), (console.owner, "olivia@shop.test", False)):
        run = await put(console, await console.run_of(actor), state="refused", refusal=refusal)
        page = (await (await console.signed_in(email)).get(f"/runs/{run.id}")).text
        assert ('<p>No platform is connected. <a href="/connectors">Connect your platform</a>' in page) is led
        assert ("See what you can ask for" in page) is not led


@pytest.mark.parametrize(
    ("state", "shown"),
    [("abstained", "I can't find that. Ask again."), ("refused", "I can't find that; nothing was done.")],
)
async def test_what_the_headline_says_is_not_said_again_below_it(console: Console, state: RunState, shown: str) -> None:
    refusal = Refusal(code="no_match", detail="I can't find that; nothing was done. Ask again.")
    run = await put(console, await console.run_of(console.owner), state=state, refusal=refusal)
    page = html.unescape((await (await console.signed_in("olivia@shop.test")).get(f"/runs/{run.id}")).text)
    assert f"<p>{shown}" in page
