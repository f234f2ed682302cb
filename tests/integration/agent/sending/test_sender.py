"""Crashes, lost answers and what a person decides about them: nothing twice, nothing against a verdict, no run stuck."""

from __future__ import annotations

import pytest

import store.accounts.members
from agent.pipeline import Refusal
from agent.runs.run import Run
from executors.jobs.queue import Reschedule
from tests.integration.agent.agent_harness import (
    CREDIT,
    EMAIL,
    LOST,
    NO,
    REPLY,
    SUSPEND,
    UNREACHED,
    AgentHarness,
    WorkerDied,
)


async def confirmed(bureau: AgentHarness, *orders: tuple[str, str, dict[str, str]]) -> Run:
    run = await bureau.ask("olivia", *orders)
    assert run.state == "held", run
    answer = await bureau.confirm("olivia", run)
    assert isinstance(answer, Run)
    return answer


async def died(bureau: AgentHarness, run: Run) -> None:
    """The worker's process ends after the bytes have left."""
    bureau.hand.answers = [WorkerDied()]
    with pytest.raises(WorkerDied):
        await bureau.work(run.id)


async def states(bureau: AgentHarness, run: Run) -> list[str]:
    return [call.state for call in await bureau.calls(run.id)]


async def test_work_that_is_given_up_before_anything_left_refuses_the_run(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, EMAIL)
    await bureau.buried(run.id)
    run = await bureau.run(run.id)
    assert run.state == "refused"
    assert run.refusal
    assert "nothing has left" in run.refusal.detail
    assert (await bureau.kinds(run.id))[-1] == "refused"
    assert not bureau.hand.posted


@pytest.mark.parametrize("order", [EMAIL, REPLY], ids=["idempotent", "not idempotent"])
async def test_a_call_found_not_to_have_happened_is_not_sent_afterwards(
    bureau: AgentHarness, order: tuple[str, str, dict[str, str]]
) -> None:
    run = await confirmed(bureau, order, CREDIT)
    await died(bureau, run)
    await bureau.buried(run.id)
    assert (await bureau.run(run.id)).state == "unknown"
    assert await states(bureau, run) == ["unknown", "skipped"]
    await bureau.decisions.decide(bureau.people["olivia"], run.id, "did_not_happen")
    run = await bureau.work(run.id)
    assert run.state == "failed"
    assert len(bureau.hand.posted) == 1


async def test_a_call_found_to_have_happened_lets_the_rest_go_on(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, REPLY, CREDIT)
    await died(bureau, run)
    assert (await bureau.work(run.id)).state == "unknown"
    await bureau.decisions.decide(bureau.people["olivia"], run.id, "happened")
    run = await bureau.work(run.id)
    assert run.state == "succeeded"
    assert len({each.key for each in bureau.hand.posted}) == len(bureau.hand.posted) == 2


@pytest.mark.parametrize("reply", [NO, UNREACHED], ids=["refused", "unreached"])
async def test_sent_again_by_decision_only_a_yes_settles_it(bureau: AgentHarness, reply: object) -> None:
    run = await confirmed(bureau, REPLY)
    bureau.hand.answers = [LOST]
    assert (await bureau.work(run.id)).state == "unknown"
    bureau.clock.advance(days=2)
    bureau.hand.answers = [reply]  # type: ignore[list-item]
    await bureau.decisions.decide(bureau.people["olivia"], run.id, "resend")
    await bureau.work(run.id)
    run = await bureau.work(run.id)
    assert run.state == "unknown", "the first attempt may have happened all the same"
    await bureau.decisions.decide(bureau.people["olivia"], run.id, "resend")
    run = await bureau.work(run.id)
    assert run.state == "succeeded"
    assert len({each.key for each in bureau.hand.posted}) == 1


async def test_nothing_is_sent_again_for_who_may_no_longer_act(bureau: AgentHarness) -> None:
    run = await bureau.ask("sara", REPLY)
    await bureau.confirm("sara", run)
    bureau.hand.answers = [LOST]
    await bureau.work(run.id)
    async with bureau.sessions.begin() as session:
        await store.accounts.members.disable(session, bureau.workspace, bureau.people["sara"].id)
    await bureau.decisions.decide(bureau.people["olivia"], run.id, "resend")
    run = await bureau.work(run.id)
    assert run.state == "unknown"
    assert run.outcomes[0].detail == "sara may no longer act here."
    assert len(bureau.hand.posted) == 1


async def test_an_answer_that_comes_late_settles_nothing_of_the_attempt_after_it(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, EMAIL)

    async def taken_over() -> None:
        """The lease ran out in mid-call: another worker takes the run up and is still waiting when the first answer comes."""
        bureau.hand.answers = [WorkerDied(), NO]
        with pytest.raises(WorkerDied):
            await bureau.sender.send(run.workspace, run.id)

    bureau.hand.meanwhile = taken_over
    with pytest.raises(Exception, match="already"):
        await bureau.sender.send(run.workspace, run.id)
    assert await states(bureau, run) == ["begun"]
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_a_later_step_that_drifted_is_not_sent_and_the_run_says_why(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, EMAIL, REPLY)

    async def changed() -> None:
        bureau.platform.row("ticket", 5519)["status"] = "closed"

    bureau.hand.meanwhile = changed
    run = await bureau.work(run.id)
    assert run.state == "failed"
    assert [each.state for each in run.outcomes] == ["succeeded", "failed"]
    assert "Status changed" in run.outcomes[1].detail
    assert len(bureau.hand.posted) == 1


async def test_a_later_step_whose_contract_was_retired_meanwhile_is_not_sent(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, EMAIL, REPLY)

    async def retired() -> None:
        await bureau.office.retire(bureau.people["olivia"], "saas.reply_ticket")

    bureau.hand.meanwhile = retired
    run = await bureau.work(run.id)
    assert [each.state for each in run.outcomes] == ["succeeded", "failed"]
    assert len(bureau.hand.posted) == 1


async def test_access_withdrawn_before_planning_refuses_and_before_sending_sends_nothing(bureau: AgentHarness) -> None:
    asked = await bureau.desk.ask(bureau.people["amir"], EMAIL[0], session_id="s1")
    held = await bureau.ask("amir", EMAIL)
    await bureau.confirm("amir", held)
    async with bureau.sessions.begin() as session:
        await store.accounts.members.disable(session, bureau.workspace, bureau.people["amir"].id)
    for run in (asked, held):
        done = await bureau.work(run.id)
        assert done.state == "refused"
        assert done.refusal
        assert done.refusal.code == "forbidden"
    assert not bureau.hand.posted


async def test_an_attempt_past_the_deadline_is_not_made(bureau: AgentHarness) -> None:
    run = await confirmed(bureau, EMAIL)
    bureau.hand.answers = [UNREACHED, UNREACHED]
    assert isinstance(await bureau.sender.send(run.workspace, run.id), Reschedule)
    bureau.clock.advance(hours=1)
    run = await bureau.work(run.id)
    assert run.state == "failed"
    assert "No success within" in run.outcomes[0].detail
    assert len(bureau.hand.posted) == 1


async def test_what_was_rejected_and_is_asked_anew_is_another_call(bureau: AgentHarness) -> None:
    run = await bureau.ask("olivia", SUSPEND)
    assert run.plan
    await bureau.decisions.reject(bureau.people["olivia"], run.id, "no")
    again = await bureau.ask("olivia", SUSPEND)
    assert again.plan
    assert again.plan.steps[0].call_id != run.plan.steps[0].call_id
    old = await bureau.confirm("olivia", run)
    assert isinstance(old, Refusal)
    assert not bureau.hand.posted


async def test_who_loses_the_race_for_a_run_keeps_its_work_since_the_winner_may_die(bureau: AgentHarness) -> None:
    """Two workers hold one run: the lease of the first ran out while it stood still. It claims the run, and then it dies."""
    run = await confirmed(bureau, EMAIL)

    async def first() -> None:
        await died(bureau, run)

    bureau.platform.meanwhile = first
    assert isinstance(await bureau.once(run), Reschedule), (
        "done would leave the run executing for ever, with nobody to go on"
    )
    assert (await bureau.run(run.id)).state == "executing"
    assert (await bureau.work(run.id)).state == "succeeded"
    assert {post.key for post in bureau.hand.posted} == {run.plan.steps[0].call_id if run.plan else ""}
