"""Crashes, lost answers and what a person decides about them: nothing twice, nothing against a verdict, no run
stuck."""

from __future__ import annotations

import json

import pytest

import store.accounts.members
from agent.history.entry_text import summarize_entry
from agent.pipeline import Refusal
from agent.runs import repository
from agent.runs.run import Run
from core.errors import Forbidden
from executors.jobs.queue import Reschedule
from executors.retry import Reply
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


async def confirmed(harness: AgentHarness, *orders: tuple[str, str, dict[str, str]]) -> Run:
    run = await harness.ask("olivia", *orders)
    assert run.state == "held", run
    answer = await harness.confirm("olivia", run)
    assert isinstance(answer, Run)
    return answer


async def died(harness: AgentHarness, run: Run) -> None:
    """The worker's process ends after the bytes have left."""
    harness.signed_client.answers = [WorkerDied()]
    with pytest.raises(WorkerDied):
        await harness.job(run.id)


async def states(harness: AgentHarness, run: Run) -> list[str]:
    return [call.state for call in await harness.calls(run.id)]


async def test_entries_about_calls_say_what_each_call_does(harness: AgentHarness) -> None:
    run = await harness.job((await confirmed(harness, EMAIL, CREDIT)).id)
    assert run.plan is not None
    email, credit = (step.preview for step in run.plan.steps)
    told: dict[str, list[str]] = {}
    for each in await harness.entries(run.id):
        told.setdefault(each.kind, []).append(summarize_entry(json.loads(each.data)))
    assert told["call_begun"] == [email, credit]
    assert [each.startswith(does) for each, does in zip(told["call_settled"], (email, credit), strict=True)] == [
        True
    ] * 2
    assert told["finished"] == [f"{email} {credit}"]


async def test_work_that_is_given_up_before_anything_left_refuses_the_run(harness: AgentHarness) -> None:
    run = await confirmed(harness, EMAIL)
    await harness.buried(run.id)
    run = await harness.run(run.id)
    assert run.state == "refused"
    assert run.refusal
    assert "nothing has left" in run.refusal.detail
    assert (await harness.kinds(run.id))[-1] == "refused"
    assert not harness.signed_client.posted


@pytest.mark.parametrize("order", [EMAIL, REPLY], ids=["idempotent", "not idempotent"])
async def test_a_call_found_not_to_have_happened_is_not_sent_afterwards(
    harness: AgentHarness, order: tuple[str, str, dict[str, str]]
) -> None:
    run = await confirmed(harness, order, CREDIT)
    await died(harness, run)
    await harness.buried(run.id)
    assert (await harness.run(run.id)).state == "unknown"
    assert await states(harness, run) == ["unknown", "skipped"]
    await harness.decisions.decide(harness.people["olivia"], run.id, "did_not_happen")
    run = await harness.job(run.id)
    assert run.state == "failed"
    assert len(harness.signed_client.posted) == 1


async def test_a_call_found_to_have_happened_lets_the_rest_go_on(harness: AgentHarness) -> None:
    run = await confirmed(harness, REPLY, CREDIT)
    await died(harness, run)
    assert (await harness.job(run.id)).state == "unknown"
    await harness.decisions.decide(harness.people["olivia"], run.id, "happened")
    run = await harness.job(run.id)
    assert run.state == "succeeded"
    assert len({each.key for each in harness.signed_client.posted}) == len(harness.signed_client.posted) == 2


@pytest.mark.parametrize("reply", [NO, UNREACHED], ids=["refused", "unreached"])
async def test_sent_again_by_decision_only_a_yes_settles_it(harness: AgentHarness, reply: object) -> None:
    run = await confirmed(harness, REPLY)
    harness.signed_client.answers = [LOST]
    assert (await harness.job(run.id)).state == "unknown"
    harness.clock.advance(days=2)
    harness.signed_client.answers = [reply]  # type: ignore[list-item]
    await harness.decisions.decide(harness.people["olivia"], run.id, "resend")
    await harness.job(run.id)
    run = await harness.job(run.id)
    assert run.state == "unknown", "the first attempt may have happened all the same"
    await harness.decisions.decide(harness.people["olivia"], run.id, "resend")
    run = await harness.job(run.id)
    assert run.state == "succeeded"
    assert len({each.key for each in harness.signed_client.posted}) == 1


async def test_who_lost_their_place_while_they_decided_settles_nothing(harness: AgentHarness) -> None:
    run = await harness.ask("sara", REPLY)
    await harness.confirm("sara", run)
    harness.signed_client.answers = [LOST]
    await harness.job(run.id)
    olivia = harness.people["olivia"]
    async with harness.database.begin() as session:
        members = store.accounts.members
        await members.set_role(
            session, harness.workspace, harness.people["sara"].id, "owner", at=harness.clock(), by=None
        )
        await members.set_role(session, harness.workspace, olivia.id, "support", at=harness.clock(), by=None)
    with pytest.raises(Forbidden):
        await harness.decisions.decide(olivia, run.id, "resend")
    assert (await harness.job(run.id)).state == "unknown"
    assert len(harness.signed_client.posted) == 1


async def test_nothing_is_planned_for_who_may_no_longer_act_and_the_run_says_so(harness: AgentHarness) -> None:
    run = await harness.run_service.ask(harness.people["sara"], REPLY[0], session_id="s1")
    async with harness.database.begin() as session:
        await store.accounts.members.disable(session, harness.workspace, harness.people["sara"].id)
    run = await harness.job(run.id)
    assert run.state == "refused"
    assert run.refusal is not None
    assert run.refusal.detail == "Sara may no longer act here."


async def test_nothing_is_sent_again_for_who_may_no_longer_act(harness: AgentHarness) -> None:
    run = await harness.ask("sara", REPLY)
    await harness.confirm("sara", run)
    harness.signed_client.answers = [LOST]
    await harness.job(run.id)
    async with harness.database.begin() as session:
        await store.accounts.members.disable(session, harness.workspace, harness.people["sara"].id)
    await harness.decisions.decide(harness.people["olivia"], run.id, "resend")
    run = await harness.job(run.id)
    assert run.state == "unknown"
    assert run.outcomes[0].detail == "sara may no longer act here."
    assert len(harness.signed_client.posted) == 1


async def test_an_answer_that_comes_late_settles_nothing_of_the_attempt_after_it(harness: AgentHarness) -> None:
    run = await confirmed(harness, EMAIL)

    async def taken_over() -> None:
        """The lease ran out in mid-call: another worker takes the run up and is still waiting when the first answer
        comes."""
        harness.signed_client.answers = [WorkerDied(), NO]
        with pytest.raises(WorkerDied):
            await harness.sender.send(run.workspace, run.id)

    harness.signed_client.meanwhile = taken_over
    with pytest.raises(Exception, match="already"):
        await harness.sender.send(run.workspace, run.id)
    assert await states(harness, run) == ["begun"]
    assert (await harness.job(run.id)).state == "succeeded"


async def test_a_later_step_that_drifted_is_not_sent_and_the_run_says_why(harness: AgentHarness) -> None:
    run = await confirmed(harness, EMAIL, REPLY)

    async def changed() -> None:
        harness.platform.row("ticket", 5519)["status"] = "closed"

    harness.signed_client.meanwhile = changed
    run = await harness.job(run.id)
    assert run.state == "failed"
    assert [each.state for each in run.outcomes] == ["succeeded", "failed"]
    assert "Status changed" in run.outcomes[1].detail
    assert len(harness.signed_client.posted) == 1


async def test_a_later_step_whose_contract_was_retired_meanwhile_is_not_sent(harness: AgentHarness) -> None:
    run = await confirmed(harness, EMAIL, REPLY)

    async def retired() -> None:
        await harness.contract_admin.retire(harness.people["olivia"], "saas.reply_ticket")

    harness.signed_client.meanwhile = retired
    run = await harness.job(run.id)
    assert [each.state for each in run.outcomes] == ["succeeded", "failed"]
    assert len(harness.signed_client.posted) == 1


@pytest.mark.parametrize(
    ("answer", "state"), [(UNREACHED, "failed"), (LOST, "unknown")], ids=["nothing was sent", "may have happened"]
)
@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("requester", "amir may no longer act here."),
        ("approver", "oscar, who approved this, may no longer do so."),
        ("contract", "“Change a customer's e-mail address” is no longer offered."),
    ],
)
async def test_a_call_is_not_tried_again_once_it_may_no_longer_be_made(
    harness: AgentHarness, answer: Reply, state: str, lost: str, said: str
) -> None:
    run = await harness.ask("amir", EMAIL)
    await harness.confirm("oscar", run)
    harness.signed_client.answers = [answer]
    assert (await harness.job(run.id)).state == "executing"
    if lost == "contract":
        await harness.contract_admin.retire(harness.people["olivia"], EMAIL[1])
    else:
        gone = harness.people["amir" if lost == "requester" else "oscar"]
        async with harness.database.begin() as session:
            await store.accounts.members.disable(session, harness.workspace, gone.id)
    run = await harness.job(run.id)
    assert len(harness.signed_client.posted) == 1
    assert (run.state, run.outcomes[0].state, run.outcomes[0].detail) == (state, state, said)


async def test_access_withdrawn_before_planning_refuses_and_before_sending_sends_nothing(harness: AgentHarness) -> None:
    asked = await harness.run_service.ask(harness.people["amir"], EMAIL[0], session_id="s1")
    held = await harness.ask("amir", EMAIL)
    await harness.confirm("amir", held)
    async with harness.database.begin() as session:
        await store.accounts.members.disable(session, harness.workspace, harness.people["amir"].id)
    for run in (asked, held):
        done = await harness.job(run.id)
        assert done.state == "refused"
        assert done.refusal
        assert done.refusal.code == "forbidden"
    assert not harness.signed_client.posted


async def test_an_attempt_past_the_deadline_is_not_made(harness: AgentHarness) -> None:
    run = await confirmed(harness, EMAIL)
    harness.signed_client.answers = [UNREACHED, UNREACHED]
    assert isinstance(await harness.sender.send(run.workspace, run.id), Reschedule)
    harness.clock.advance(hours=1)
    run = await harness.job(run.id)
    assert run.state == "failed"
    assert "No success within" in run.outcomes[0].detail
    assert len(harness.signed_client.posted) == 1


async def test_what_was_rejected_and_is_asked_anew_is_another_call(harness: AgentHarness) -> None:
    run = await harness.ask("olivia", SUSPEND)
    assert run.plan
    await harness.decisions.reject(harness.people["olivia"], run.id, "no")
    again = await harness.ask("olivia", SUSPEND)
    assert again.plan
    assert again.plan.steps[0].call_id != run.plan.steps[0].call_id
    old = await harness.confirm("olivia", run)
    assert isinstance(old, Refusal)
    assert not harness.signed_client.posted


async def test_who_loses_the_race_for_a_run_keeps_its_work_since_the_winner_may_die(harness: AgentHarness) -> None:
    """Two workers hold one run: the lease of the first ran out while it stood still. It claims the run, and then it
    dies."""
    run = await confirmed(harness, EMAIL)

    async def first() -> None:
        await died(harness, run)

    harness.platform.meanwhile = first
    assert isinstance(await harness.once(run), Reschedule), (
        "done would leave the run executing for ever, with nobody to go on"
    )
    assert (await harness.run(run.id)).state == "executing"
    assert (await harness.job(run.id)).state == "succeeded"
    assert {post.key for post in harness.signed_client.posted} == {run.plan.steps[0].call_id if run.plan else ""}


async def test_a_run_stored_as_confirmed_without_its_approval_is_shown_again_and_not_sent(
    harness: AgentHarness,
) -> None:
    run = await harness.ask("olivia", EMAIL)
    assert run.state == "held", run
    async with harness.database.begin() as session:
        await repository.move(session, run.with_(state="confirmed"), was={"held"})
    await harness.job(run.id)
    again = await harness.run(run.id)
    assert (again.state, again.approvals) == ("held", ())
    assert again.drift == ("It has fewer approvals than it needs.",)
    assert not harness.signed_client.posted
