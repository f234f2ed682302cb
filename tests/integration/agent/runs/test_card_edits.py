"""Edits of held cards: a new card, or the old one as it was with the reason."""

from __future__ import annotations

import pytest

from agent.pipeline import Refusal
from agent.runs.card_edits import UNCHANGED, find_failed_edit
from agent.runs.run import Run
from tests.integration.agent.agent_harness import EMAIL, SUSPEND, AgentHarness

# `harness` is the fixture of tests/integration/agent.


async def edit(harness: AgentHarness, run: Run, slot: str, words: str, person: str = "amir") -> Run:
    answer = await harness.decisions.edit(harness.people[person], run.id, run.digest or "", {slot: words})
    assert isinstance(answer, Run), answer
    return await harness.job(run.id)


@pytest.mark.parametrize(("slot", "words"), [("0.email", "no address"), ("0.customer_id", "Zebulon Quill")])
async def test_an_edit_that_can_not_be_read_leaves_the_card_as_it_was_and_says_why(
    harness: AgentHarness, slot: str, words: str
) -> None:
    before = await harness.ask("amir", EMAIL)
    after = await edit(harness, before, slot, words)
    failed = find_failed_edit(after)
    assert failed is not None
    assert failed.changes == {slot: words}
    assert words in failed.why
    assert failed.why.endswith(UNCHANGED)
    assert after.with_(edit=None, revision=before.revision, updated_at=before.updated_at) == before
    assert (await harness.kinds(before.id))[-2:] == ["edited", "edit_dropped"]
    confirmed = await harness.confirm("amir", after)
    assert isinstance(confirmed, Run)
    assert confirmed.state == "confirmed"


async def test_a_later_edit_makes_the_new_card(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    run = await edit(harness, await edit(harness, run, "0.email", "no address"), "0.email", "c@x.example")
    assert run.state == "held"
    assert find_failed_edit(run) is None
    assert run.before_edit is None
    assert run.plan is not None
    assert [each.value for each in run.plan.steps[0].filled if each.param == "email"] == ["c@x.example"]


async def test_an_approval_of_the_card_outlives_an_edit_that_made_none(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    run = await harness.confirm("amir", run)  # type: ignore[assignment]
    assert len(run.approvals) == 1
    after = await edit(harness, run, "0.customer_id", "Zebulon Quill")
    assert after.approvals == run.approvals
    assert after.expires_at == run.expires_at


async def test_a_choice_that_an_edit_leaves_is_asked_and_a_never_mind_brings_the_card_back(
    harness: AgentHarness,
) -> None:
    before = await harness.ask("amir", EMAIL)
    asked = await edit(harness, before, "0.customer_id", "Adam")
    assert asked.state == "asked"
    assert asked.question is not None
    tried = await harness.confirm("amir", before)
    assert isinstance(tried, Refusal)
    assert tried.detail.startswith("A question about it is open")
    amir = harness.people["amir"]
    unread = await harness.decisions.answer(amir, before.id, asked.question.slot, text="the one with the hat")
    assert isinstance(unread, Run)
    assert (await harness.job(before.id)).state == "asked"
    dropped = await harness.decisions.answer(amir, before.id, asked.question.slot, text="never mind")
    assert isinstance(dropped, Run)
    assert dropped.with_(revision=before.revision, updated_at=before.updated_at) == before
    chosen = await edit(harness, dropped, "0.customer_id", "Adam")
    assert chosen.question is not None
    await harness.decisions.answer(amir, before.id, chosen.question.slot, choice=chosen.question.candidates[0].id)
    assert (await harness.job(before.id)).state == "held"


async def test_an_edit_that_is_cancelled_or_given_up_leaves_the_card(harness: AgentHarness) -> None:
    before = await harness.ask("amir", EMAIL)
    amir = harness.people["amir"]
    await harness.decisions.edit(amir, before.id, before.digest or "", {"0.email": "c@x.example"})
    cancelled = await harness.decisions.cancel(amir, before.id)
    assert isinstance(cancelled, Run)
    assert (cancelled.state, cancelled.digest) == ("held", before.digest)
    await harness.decisions.edit(amir, before.id, before.digest or "", {"0.email": "c@x.example"})
    await harness.buried(before.id)
    kept = await harness.run(before.id)
    assert (kept.state, kept.digest) == ("held", before.digest)
    assert find_failed_edit(kept) is not None
