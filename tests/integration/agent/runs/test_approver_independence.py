"""An owner who brings somebody in and approves as them is one person, however it is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Refusal
from agent.runs.run import Run
from agent.workspace.admin import make_owner
from agent.workspace.members import MemberService
from core.actor import Actor
from tests.integration.agent.agent_harness import EMAIL, PASSWORD, SUSPEND, AgentHarness

DAY_S = 24 * 3600


@pytest.fixture
def member_service(harness: AgentHarness) -> MemberService:
    return MemberService(harness.database, harness.clock)


async def brought(
    harness: AgentHarness, member_service: MemberService, by: Actor, name: str, role: str = "owner"
) -> Actor:
    """Invited by ``by`` and joined at once; a second later anything may be asked."""
    invited = await member_service.invite(by, email=f"{name}@test.test", role=role)
    made = make_owner(await member_service.join(invited.token, name=name, password=PASSWORD))
    harness.clock.advance(seconds=1)
    harness.people[name] = made
    return made


async def confirmed(harness: AgentHarness, by: str, run: Run) -> Run | Refusal:
    return await harness.decisions.confirm(harness.people[by], run.id, run.digest or "")


async def approved_by_both(harness: AgentHarness, run: Run, first: str, second: str) -> Run | Refusal:
    """What the second of two is told."""
    assert isinstance(await confirmed(harness, first, run), Run)
    return await confirmed(harness, second, await harness.run(run.id))


async def stopped(harness: AgentHarness, run: Run, answer: Run | Refusal, *, says: str) -> None:
    assert isinstance(answer, Refusal), answer
    assert answer.code == "forbidden"
    assert says in answer.detail, answer.detail
    assert (await harness.run(run.id)).state == "held"
    assert (await harness.kinds(run.id))[-1] == "confirm_refused"
    assert not harness.signed_client.posted


async def test_who_was_invited_by_who_asks_is_no_second_person(
    harness: AgentHarness, member_service: MemberService
) -> None:
    await brought(harness, member_service, harness.people["olivia"], "puppet")
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "puppet")
    await stopped(harness, run, answer, says="Puppet has their place here from olivia")


async def test_nor_is_who_invited_them_when_they_are_the_one_who_asks(
    harness: AgentHarness, member_service: MemberService
) -> None:
    await brought(harness, member_service, harness.people["olivia"], "puppet")
    run = await harness.ask("puppet", SUSPEND)
    answer = await approved_by_both(harness, run, "puppet", "olivia")
    await stopped(harness, run, answer, says="Puppet has their place here from olivia")


async def test_nor_do_two_approve_of_whom_one_made_the_other_what_a_third_asked(
    harness: AgentHarness, member_service: MemberService
) -> None:
    await brought(harness, member_service, harness.people["olivia"], "puppet")
    run = await harness.ask("amir", SUSPEND)
    answer = await approved_by_both(harness, run, "puppet", "olivia")
    await stopped(harness, run, answer, says="Puppet has their place here from olivia")


async def test_a_chain_of_new_people_leads_back_to_who_began_it(
    harness: AgentHarness, member_service: MemberService
) -> None:
    first = await brought(harness, member_service, harness.people["olivia"], "puppet")
    await brought(harness, member_service, first, "second_puppet")
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "second_puppet")
    await stopped(harness, run, answer, says="second_puppet has their place here from olivia")


@pytest.mark.parametrize("way", ["role", "reactivated"])
async def test_a_role_or_an_access_given_anew_is_a_place_given(
    harness: AgentHarness, member_service: MemberService, way: str
) -> None:
    olivia, ada = harness.people["olivia"], harness.people["ada"]
    if way == "role":
        await member_service.change_role(olivia, ada.id, "support")
        await member_service.change_role(olivia, ada.id, "owner")
    else:
        await member_service.deactivate(olivia, ada.id)
        await member_service.reactivate(olivia, ada.id)
    harness.clock.advance(seconds=1)
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "ada")
    await stopped(harness, run, answer, says="Ada has their place here from olivia")


async def test_who_is_let_in_by_a_fresh_link_has_their_place_from_whoever_made_it(
    harness: AgentHarness, member_service: MemberService
) -> None:
    """Somebody else had invited them, and they never came."""
    asked = await member_service.invite(harness.people["oscar"], email="new@test.test", role="owner")
    invited = await member_service.invite_again(harness.people["olivia"], asked.member.id)
    harness.people["puppet"] = make_owner(await member_service.join(invited.token, name="Puppet", password=PASSWORD))
    harness.clock.advance(seconds=1)
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "puppet")
    await stopped(harness, run, answer, says="Puppet has their place here from olivia")


@pytest.mark.parametrize("way", ["themself", "each other", "somebody else"])
async def test_a_place_given_once_more_is_still_from_whoever_gave_it_first(
    harness: AgentHarness, member_service: MemberService, way: str
) -> None:
    puppet = await brought(harness, member_service, harness.people["olivia"], "puppet")
    second = await brought(harness, member_service, harness.people["olivia"], "second_puppet")
    match way:
        case "themself":
            await member_service.change_role(puppet, puppet.id, "admin")
        case "each other":
            for role in ("admin", "owner"):
                await member_service.change_role(puppet, second.id, role)
            await member_service.change_role(second, puppet.id, "admin")
        case _:
            await member_service.change_role(harness.people["oscar"], puppet.id, "admin")
    harness.people["puppet"] = replace(puppet, role="admin")
    harness.clock.advance(seconds=1)
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "puppet")
    await stopped(harness, run, answer, says="Puppet has their place here from olivia")


async def test_two_others_agree_beside_them_and_it_goes(harness: AgentHarness, member_service: MemberService) -> None:
    """The way out that the refusal names: somebody else."""
    await brought(harness, member_service, harness.people["olivia"], "puppet")
    run = await harness.ask("olivia", SUSPEND)
    assert isinstance(await approved_by_both(harness, run, "olivia", "puppet"), Refusal)
    assert isinstance(await confirmed(harness, "ada", await harness.run(run.id)), Run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_who_was_brought_in_by_somebody_else_counts_at_once(
    harness: AgentHarness, member_service: MemberService
) -> None:
    await brought(harness, member_service, harness.people["oscar"], "new")
    run = await harness.ask("olivia", SUSPEND)
    assert isinstance(await approved_by_both(harness, run, "olivia", "new"), Run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_after_a_day_they_count(harness: AgentHarness, member_service: MemberService) -> None:
    await brought(harness, member_service, harness.people["olivia"], "new")
    harness.clock.advance(seconds=DAY_S - 2)
    run = await harness.ask("olivia", SUSPEND)
    answer = await approved_by_both(harness, run, "olivia", "new")
    await stopped(harness, run, answer, says="Until 25 Nov")
    harness.clock.advance(seconds=2)
    assert isinstance(await confirmed(harness, "new", await harness.run(run.id)), Run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_what_one_person_may_confirm_alone_is_not_asked_about(
    harness: AgentHarness, member_service: MemberService
) -> None:
    await brought(harness, member_service, harness.people["olivia"], "new")
    run = await harness.ask("olivia", EMAIL)
    assert isinstance(await confirmed(harness, "new", run), Run)
