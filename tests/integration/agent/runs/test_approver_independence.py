"""An owner who brings somebody in and approves as them is one person, however it is done."""

from __future__ import annotations

import pytest

from agent.pipeline import Refusal
from agent.runs.run import Run
from agent.workspace.admin import actor_of
from agent.workspace.members import MemberService
from core.actor import Actor
from tests.integration.agent.agent_harness import EMAIL, PASSWORD, SUSPEND, AgentHarness

DAY_S = 24 * 3600


@pytest.fixture
def roster(bureau: AgentHarness) -> MemberService:
    return MemberService(bureau.sessions, bureau.clock)


async def brought(bureau: AgentHarness, roster: MemberService, by: Actor, name: str, role: str = "owner") -> Actor:
    """Invited by ``by`` and joined at once; a second later anything may be asked."""
    invited = await roster.invite(by, email=f"{name}@test.test", role=role)
    made = actor_of(await roster.join(invited.token, name=name, password=PASSWORD))
    bureau.clock.advance(seconds=1)
    bureau.people[name] = made
    return made


async def confirmed(bureau: AgentHarness, by: str, run: Run) -> Run | Refusal:
    return await bureau.decisions.confirm(bureau.people[by], run.id, run.digest or "")


async def approved_by_both(bureau: AgentHarness, run: Run, first: str, second: str) -> Run | Refusal:
    """What the second of two is told."""
    assert isinstance(await confirmed(bureau, first, run), Run)
    return await confirmed(bureau, second, await bureau.run(run.id))


async def stopped(bureau: AgentHarness, run: Run, answer: Run | Refusal, *, says: str) -> None:
    assert isinstance(answer, Refusal), answer
    assert answer.code == "forbidden"
    assert says in answer.detail, answer.detail
    assert (await bureau.run(run.id)).state == "held"
    assert (await bureau.kinds(run.id))[-1] == "confirm_refused"
    assert not bureau.hand.posted


async def test_who_was_invited_by_who_asks_is_no_second_person(bureau: AgentHarness, roster: MemberService) -> None:
    await brought(bureau, roster, bureau.people["olivia"], "puppet")
    run = await bureau.ask("olivia", SUSPEND)
    answer = await approved_by_both(bureau, run, "olivia", "puppet")
    await stopped(bureau, run, answer, says="puppet has their place here from olivia")


async def test_nor_is_who_invited_them_when_they_are_the_one_who_asks(
    bureau: AgentHarness, roster: MemberService
) -> None:
    await brought(bureau, roster, bureau.people["olivia"], "puppet")
    run = await bureau.ask("puppet", SUSPEND)
    answer = await approved_by_both(bureau, run, "puppet", "olivia")
    await stopped(bureau, run, answer, says="puppet has their place here from olivia")


async def test_nor_do_two_approve_of_whom_one_made_the_other_what_a_third_asked(
    bureau: AgentHarness, roster: MemberService
) -> None:
    await brought(bureau, roster, bureau.people["olivia"], "puppet")
    run = await bureau.ask("amir", SUSPEND)
    answer = await approved_by_both(bureau, run, "puppet", "olivia")
    await stopped(bureau, run, answer, says="puppet has their place here from olivia")


async def test_a_chain_of_new_people_leads_back_to_who_began_it(bureau: AgentHarness, roster: MemberService) -> None:
    first = await brought(bureau, roster, bureau.people["olivia"], "puppet")
    await brought(bureau, roster, first, "second_puppet")
    run = await bureau.ask("olivia", SUSPEND)
    answer = await approved_by_both(bureau, run, "olivia", "second_puppet")
    await stopped(bureau, run, answer, says="second_puppet has their place here from olivia")


@pytest.mark.parametrize("way", ["role", "reactivated"])
async def test_a_role_or_an_access_given_anew_is_a_place_given(
    bureau: AgentHarness, roster: MemberService, way: str
) -> None:
    olivia, ada = bureau.people["olivia"], bureau.people["ada"]
    if way == "role":
        await roster.change_role(olivia, ada.id, "support")
        await roster.change_role(olivia, ada.id, "owner")
    else:
        await roster.deactivate(olivia, ada.id)
        await roster.reactivate(olivia, ada.id)
    bureau.clock.advance(seconds=1)
    run = await bureau.ask("olivia", SUSPEND)
    answer = await approved_by_both(bureau, run, "olivia", "ada")
    await stopped(bureau, run, answer, says="ada has their place here from olivia")


async def test_a_key_of_theirs_is_they_themselves(bureau: AgentHarness, roster: MemberService) -> None:
    puppet = await brought(bureau, roster, bureau.people["olivia"], "puppet")
    key, _ = await bureau.office.create_key(puppet, "a key", scopes={"runs:write"})
    bureau.people["key"] = Actor(puppet.workspace, key.id, "key", key.name, key.role, key.person)
    run = await bureau.ask("olivia", SUSPEND)
    await stopped(bureau, run, await approved_by_both(bureau, run, "olivia", "key"), says="from olivia")


async def test_two_others_agree_beside_them_and_it_goes(bureau: AgentHarness, roster: MemberService) -> None:
    """The way out that the refusal names: somebody else."""
    await brought(bureau, roster, bureau.people["olivia"], "puppet")
    run = await bureau.ask("olivia", SUSPEND)
    assert isinstance(await approved_by_both(bureau, run, "olivia", "puppet"), Refusal)
    assert isinstance(await confirmed(bureau, "ada", await bureau.run(run.id)), Run)
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_who_was_brought_in_by_somebody_else_counts_at_once(bureau: AgentHarness, roster: MemberService) -> None:
    await brought(bureau, roster, bureau.people["oscar"], "new")
    run = await bureau.ask("olivia", SUSPEND)
    assert isinstance(await approved_by_both(bureau, run, "olivia", "new"), Run)
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_after_a_day_they_count(bureau: AgentHarness, roster: MemberService) -> None:
    await brought(bureau, roster, bureau.people["olivia"], "new")
    bureau.clock.advance(seconds=DAY_S - 2)
    run = await bureau.ask("olivia", SUSPEND)
    answer = await approved_by_both(bureau, run, "olivia", "new")
    await stopped(bureau, run, answer, says="Until 25 Nov")
    bureau.clock.advance(seconds=2)
    assert isinstance(await confirmed(bureau, "new", await bureau.run(run.id)), Run)
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_what_one_person_may_confirm_alone_is_not_asked_about(
    bureau: AgentHarness, roster: MemberService
) -> None:
    await brought(bureau, roster, bureau.people["olivia"], "new")
    run = await bureau.ask("olivia", EMAIL)
    assert isinstance(await confirmed(bureau, "new", run), Run)
