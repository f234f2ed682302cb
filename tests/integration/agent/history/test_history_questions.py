"""Questions about history: what was done, by whom and when, from the runs that the asker may see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.runs.run import Run
from core.actor import Surface
from tests.integration.agent.agent_harness import CREDIT, EMAIL, AgentHarness


async def _do(harness: AgentHarness, asks: str, confirms: str) -> Run:
    held = await harness.ask(asks, EMAIL)
    if held.state == "held":
        await harness.confirm(confirms, held)
    return await harness.job(held.id)


async def _say(harness: AgentHarness, person: str, text: str) -> Run:
    return await harness.ask(person, (text, "", {}))


async def test_an_owner_is_told_what_was_done_and_by_whom(harness: AgentHarness) -> None:
    done = await _do(harness, "amir", "ada")
    assert done.state == "succeeded"
    told = (await _say(harness, "olivia", "what was done today")).reply
    assert told is not None
    assert told.text == "1 was done today."
    assert [each.id for each in told.records] == [done.id]
    assert "asked by" in told.records[0].detail
    assert told.history.startswith("kind=call_settled&since=")
    who = (await _say(harness, "olivia", "who changed the email of Berta Lind")).reply
    assert who is not None
    assert who.values == ("amir",)
    confirmed = (await _say(harness, "olivia", "who confirmed the e-mail change for Berta")).reply
    assert confirmed is not None
    assert confirmed.values == ("ada",)


async def test_others_are_told_of_their_own(harness: AgentHarness) -> None:
    await _do(harness, "amir", "ada")
    told = (await _say(harness, "sara", "what was done today")).reply
    assert told is not None
    assert told.values == ("0",)
    assert told.records == ()
    assert told.history == ""


@pytest.mark.parametrize(("scopes", "count"), [(["runs:write"], "0"), (["runs:write", "runs:read"], "1")])
async def test_an_owners_key_is_told_of_others_only_with_the_scope_to_read_runs(
    harness: AgentHarness, scopes: list[str], count: str
) -> None:
    await _do(harness, "amir", "ada")
    row, _ = await harness.key_admin.create_key(harness.people["olivia"], "terminal", scopes=scopes, mode="live")
    olivia = harness.people["olivia"]
    key = replace(olivia, id=row.id, kind="key", name="terminal")
    run = await harness.run_service.ask(key, "what was done today", session_id="s1")
    told = (await harness.job(run.id)).reply
    assert told is not None
    assert told.values == (count,)


@pytest.mark.parametrize("surface", ["customer", "writing"])
async def test_what_colleagues_do_is_told_on_their_own_surface_alone(harness: AgentHarness, surface: Surface) -> None:
    """On the others somebody else's words may come with an owner's key."""
    await _do(harness, "amir", "ada")
    await harness.ask("olivia", EMAIL)
    olivia = harness.people["olivia"]
    asked = await harness.run_service.ask(olivia, "what was done today", surface=surface, session_id="s1")
    done = await harness.job(asked.id)
    assert done.reply is None or not done.reply.records
    asked = await harness.run_service.ask(olivia, "what is still waiting?", surface=surface, session_id="s1")
    told = (await harness.job(asked.id)).reply
    assert told is None or told.text == "Nothing waits for your yes."
    assert (await _say(harness, "olivia", "what was done today")).reply is not None
    waits = (await _say(harness, "olivia", "what is still waiting?")).reply
    assert waits is not None
    assert waits.values == ("1",)


async def test_another_period_has_nothing(harness: AgentHarness) -> None:
    await _do(harness, "amir", "ada")
    told = (await _say(harness, "olivia", "what was done yesterday")).reply
    assert told is not None
    assert told.text == "Nothing that fits was done here yesterday."


async def test_a_name_that_no_run_has_fits_none(harness: AgentHarness) -> None:
    await _do(harness, "amir", "ada")
    told = (await _say(harness, "olivia", "who changed the email of Adam")).reply
    assert told is not None
    assert told.records == ()


async def test_what_should_be_done_is_no_question_about_history(harness: AgentHarness) -> None:
    assert (await _say(harness, "olivia", "what should we change today")).reply is None


async def test_the_same_again_is_told_and_keeps_its_policy(harness: AgentHarness) -> None:
    first = await _do(harness, "amir", "ada")
    harness.clock.advance(seconds=20)
    again = await harness.ask("amir", EMAIL)
    assert first.repeats == ""
    assert again.repeats == "The same was done 20 seconds ago."
    assert (await harness.ask("amir", CREDIT)).repeats == ""
    harness.clock.advance(minutes=5)
    assert (await harness.ask("amir", EMAIL)).repeats == ""
