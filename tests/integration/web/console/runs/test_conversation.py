"""A thread in the console: what came before stands above, and the next request goes on from it."""

from __future__ import annotations

import re

from agent.pipeline import Candidate, ComputedSource, PromptSource, ProposedSource, Question, Refusal, Reply
from agent.runs import repository
from agent.runs.run import Run
from agent.runs.states import Planned
from tests.integration.web.console.console import Console, post
from tests.integration.web.console.samples.card import PLAN, RUN
from web.console.runs import card


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


async def test_a_platform_that_did_not_answer_is_no_matter_of_words(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    refusal = Refusal(code="unavailable", detail="The platform did not answer in time (GET /orders).")
    run = await put(console, await console.run_of(console.owner), state="refused", refusal=refusal)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "That can&#39;t be worked out just now" in page
    assert ">Ask again<" in page
    assert "See what you may ask for" not in page
    forbidden = Refusal(code="forbidden", detail="Only owners may do that.")
    run = await put(console, await console.run_of(console.owner), state="refused", refusal=forbidden)
    page = (await browser.get(f"/runs/{run.id}")).text
    assert "I can&#39;t do that" in page
    assert ">Ask again, in other words<" in page
    assert "See what you may ask for" in page


async def test_what_is_said_without_asking_asks_for_what_is_meant(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for text, label in (("No order is called ‘x’ here.", "Say which you mean"), ("Which order?", "Your answer")):
        asked = Question(slot="0.order", code="not_found", text=text)
        run = await put(console, await console.run_of(console.owner), state="asked", question=asked)
        assert f'<label for="answer">{label}</label>' in (await browser.get(f"/runs/{run.id}")).text


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
