"""Cards that nobody can confirm any more: they call nobody, they say why, and whoever presses is told of who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from agent.pipeline import Refusal
from agent.runs.run import Run
from agent.workspace.members import MemberService
from core.errors import NotFound
from tests.integration.agent.agent_harness import EMAIL, SUSPEND, AgentHarness, contracts

Cause = Callable[[AgentHarness], Awaitable[object]]


def members(harness: AgentHarness) -> MemberService:
    return MemberService(harness.database, harness.clock)


async def demote(harness: AgentHarness) -> None:
    await members(harness).change_role(harness.people["olivia"], harness.people["amir"].id, "support")


async def deactivate(harness: AgentHarness) -> None:
    await members(harness).deactivate(harness.people["olivia"], harness.people["amir"].id)


async def retire(harness: AgentHarness) -> None:
    await harness.contract_admin.retire(harness.people["olivia"], "saas.update_email")


async def sign_second_version(harness: AgentHarness, **changes: object) -> None:
    (value,) = [each for each in contracts() if each["name"] == "saas.update_email"]
    await harness.contract_admin.register(harness.people["olivia"], [value | {"version": 2} | changes])


async def close_to_the_role(harness: AgentHarness) -> None:
    await sign_second_version(harness, roles=["owner"])


async def close_here(harness: AgentHarness) -> None:
    await sign_second_version(harness, surfaces=["customer"])


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (demote, "takes the role owner or admin, and amir, who asked for this, is support."),
        (deactivate, "amir may no longer act here."),
        (retire, "is no longer offered."),
        (close_to_the_role, "takes the role owner, and amir, who asked for this, is admin."),
        (close_here, "is no longer offered on the surface admin."),
    ],
)
async def test_a_card_that_nobody_can_confirm_calls_nobody_and_says_why(
    harness: AgentHarness, cause: Cause, says: str
) -> None:
    run = await harness.ask("amir", EMAIL)
    oscar = harness.people["oscar"]
    assert not await harness.run_service.find_obstacle(run)
    await cause(harness)
    assert await harness.run_service.list_awaiting(oscar) == ([], None)
    assert await harness.run_service.list_newest_awaiting(oscar, looks=5) == ([], False)
    assert says in await harness.run_service.find_obstacle(run)
    answer = await harness.confirm("oscar", run)
    assert isinstance(answer, Refusal)
    assert (answer.code, says in answer.detail) == ("forbidden", True), answer.detail
    last = (await harness.entries(run.id))[-1]
    assert (last.kind, last.person) == ("confirm_refused", oscar.person)
    assert (await harness.run(run.id)).state == "held", "what is undone in time leaves the card as it was"


async def test_a_card_can_be_confirmed_again_once_its_obstacle_is_gone(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    await deactivate(harness)
    assert isinstance(await harness.confirm("oscar", run), Refusal)
    await members(harness).reactivate(harness.people["olivia"], harness.people["amir"].id)
    assert [each.id for each in (await harness.run_service.list_awaiting(harness.people["oscar"]))[0]] == [run.id]
    await harness.confirm("oscar", run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_a_new_version_is_told_as_one_with_the_people_that_it_needs(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    assert run.plan is not None
    title = run.plan.steps[0].title
    await sign_second_version(harness, confirmation={"policy": "always", "approvals": 2})
    assert len((await harness.run_service.list_awaiting(harness.people["ada"]))[0]) == 1
    answer = await harness.confirm("ada", run)
    assert isinstance(answer, Run)
    assert answer.drift == (
        f"“{title}” is version 2 now, and this was version 1. Two different people must confirm it now.",
    )


async def test_a_new_version_that_needs_no_more_people_says_nothing_of_them(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    (value,) = [each for each in contracts() if each["name"] == "saas.suspend_customer"]
    await harness.contract_admin.register(harness.people["olivia"], [value | {"version": 3}])
    answer = await harness.confirm("ada", run)
    assert isinstance(answer, Run)
    (drift,) = answer.drift
    assert drift.endswith("is version 3 now, and this was version 1.")


async def test_who_rejected_a_card_sees_it_further_and_others_do_not(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    ada, other = harness.people["ada"], replace(harness.people["ada"], id="mem_9", person="mem_9")
    await harness.decisions.reject(ada, run.id, "not him")
    assert (await harness.run_service.show(ada, run.id)).state == "rejected"
    with pytest.raises(NotFound):
        await harness.run_service.show(other, run.id)


async def test_who_met_a_drift_sees_what_came_of_it(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    harness.platform.row("customer", 3)["company"] = "Lind & Daughters"
    await harness.confirm("ada", run)
    await demote(harness)
    run = await harness.job(run.id)
    assert run.state == "refused"
    assert (await harness.run_service.show(harness.people["ada"], run.id)).state == "refused"


async def test_an_entry_of_a_decision_has_the_id_of_its_own_request(harness: AgentHarness) -> None:
    async def ids_of(run: Run) -> dict[str, str | None]:
        return {each.kind: each.request_id for each in await harness.entries(run.id)}

    async def ask(text: str) -> Run:
        run = await harness.run_service.ask(harness.people["amir"], text, session_id="s1", request_id="req_ask")
        return await harness.job(run.id)

    ada, decisions = harness.people["ada"], harness.decisions
    rejected = await ask(EMAIL[0])
    await decisions.reject(ada, rejected.id, request_id="req_no")
    told = await ids_of(rejected)
    assert (told["prompt"], told["held"], told["rejected"]) == ("req_ask", "req_ask", "req_no")
    refused = await ask(SUSPEND[0])
    digest = refused.digest or ""
    await decisions.confirm(ada, refused.id, digest, request_id="req_yes")
    await decisions.confirm(ada, refused.id, digest, request_id="req_again")
    told = await ids_of(refused)
    assert (told["approved"], told["confirm_refused"]) == ("req_yes", "req_again")
    harness.platform.row("customer", 3)["company"] = "Lind & Daughters"
    await decisions.confirm(harness.people["oscar"], refused.id, digest, request_id="req_late")
    assert (await ids_of(refused))["drifted"] == "req_late"
