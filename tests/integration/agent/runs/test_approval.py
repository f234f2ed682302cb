"""Who may say yes, to what, for how long: asked again at every decision."""

from __future__ import annotations

from dataclasses import replace

import store.accounts.members
from agent.pipeline import Refusal
from agent.runs.run import Run
from agent.workspace.admin import actor_of
from agent.workspace.members import MemberService
from core.actor import Actor
from tests.integration.agent.agent_harness import CLOSE, CREDIT, EMAIL, PASSWORD, SUSPEND, AgentHarness, contracts


async def role(bureau: AgentHarness, person: str, to: str) -> None:
    async with bureau.sessions.begin() as session:
        await store.accounts.members.set_role(
            session, bureau.workspace, bureau.people[person].id, to, at=bureau.clock(), by=None
        )


def refused(answer: Run | Refusal) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


async def test_two_people_in_either_order_and_one_of_them_asked(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    await bureau.confirm("ada", run)
    assert (await bureau.run(run.id)).state == "held"
    await bureau.confirm("amir", run)
    assert (await bureau.work(run.id)).state == "succeeded"
    assert len(bureau.hand.posted) == 1


async def test_the_first_approvers_yes_counts_no_more_once_they_lost_the_role(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    await bureau.confirm("ada", run)
    await role(bureau, "ada", "support")
    await bureau.confirm("amir", run)
    run = await bureau.run(run.id)
    assert (run.state, [each.name for each in run.approvals]) == ("held", ["amir"])
    assert bureau.people["ada"].person in (await bureau.entries(run.id))[-1].data
    assert not bureau.hand.posted
    await bureau.confirm("oscar", run)
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_an_approver_who_lost_the_role_before_sending_stops_it(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", EMAIL)
    await bureau.confirm("ada", run)
    await role(bureau, "ada", "support")
    run = await bureau.work(run.id)
    assert (run.state, run.drift) == ("held", ("ada, who approved this, may no longer do so.",))
    assert not bureau.hand.posted


async def test_who_asked_with_another_role_now_is_never_named_with_the_old_one(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", EMAIL)
    await role(bureau, "amir", "owner")
    await bureau.confirm("ada", run)
    run = await bureau.work(run.id)
    assert run.state == "held"
    assert run.drift == ("amir's role changed from admin to owner.",)
    await bureau.confirm("ada", run)
    await bureau.work(run.id)
    assert b'"role":"owner"' in bureau.hand.posted[0].body


async def test_an_approver_sees_what_came_of_it_and_a_second_click_is_one(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", EMAIL)
    assert isinstance(await bureau.confirm("ada", run), Run)
    again = await bureau.confirm("ada", run)
    assert isinstance(again, Run)
    assert again.state == "confirmed"
    await bureau.work(run.id)
    assert (await bureau.desk.show(bureau.people["ada"], run.id)).state == "succeeded"
    assert (await bureau.kinds(run.id)).count("confirmed") == 1


async def test_the_approver_who_met_the_drift_may_wait_for_the_fresh_card(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", EMAIL)
    bureau.platform.row("customer", 3)["company"] = "Lind & Daughters"
    again = await bureau.confirm("ada", run)
    assert isinstance(again, Run)
    assert again.state == "received"
    assert (await bureau.desk.show(bureau.people["ada"], run.id)).state == "received"


async def test_a_card_that_ran_out_is_not_brought_back_by_an_edit(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", EMAIL)
    assert run.digest
    bureau.clock.advance(days=8)
    answer = await bureau.decisions.edit(bureau.people["amir"], run.id, run.digest, {"0.email": "c@x.example"})
    assert refused(answer) == "expired"
    assert (await bureau.run(run.id)).state == "expired"


async def test_once_in_a_session_is_the_yes_of_who_asked_and_of_nobody_else(bureau: AgentHarness) -> None:
    run = await bureau.ask("sara", CLOSE)
    await bureau.confirm("amir", run)
    await bureau.work(run.id)
    bureau.platform.row("ticket", 5519)["status"] = "open"
    run = await bureau.ask("sara", CLOSE)
    assert run.state == "held", "amir's yes was to one call"
    await bureau.confirm("sara", run)
    await bureau.work(run.id)
    run = await bureau.ask("sara", CLOSE)
    assert run.state == "succeeded"
    other = await bureau.ask("sara", CLOSE, session_id="s2")
    assert other.state == "held"


async def test_what_awaits_an_approver_is_what_they_could_still_approve_oldest_first(bureau: AgentHarness) -> None:
    first = await bureau.ask("amir", EMAIL)
    bureau.clock.advance(seconds=1)
    second = await bureau.ask("amir", SUSPEND)
    ada, sara = bureau.people["ada"], bureau.people["sara"]
    assert [run.id for run in await bureau.desk.awaiting(ada)] == [first.id, second.id]
    assert [run.id for run in await bureau.desk.awaiting(ada, limit=1)] == [first.id]
    assert await bureau.desk.awaiting(sara) == []
    await bureau.confirm("ada", second)
    assert [run.id for run in await bureau.desk.awaiting(ada)] == [first.id], "a second yes of hers counts nothing"
    bureau.clock.advance(days=8)
    assert await bureau.desk.awaiting(bureau.people["oscar"]) == []


async def test_the_first_of_two_yeses_at_once_does_not_turn_the_other_away(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    quicker = bureau.people["oscar"]
    assert run.digest
    digest = run.digest
    bureau.platform.meanwhile = lambda: bureau.decisions.confirm(quicker, run.id, digest)
    answer = await bureau.confirm("ada", run)
    assert isinstance(answer, Run)
    assert answer.state == "confirmed"


async def test_seconds_to_approve_are_counted_from_the_card(bureau: AgentHarness) -> None:
    run = await bureau.ask("olivia", CREDIT, EMAIL)
    assert run.state == "held"
    bureau.clock.advance(seconds=7)
    await bureau.confirm("olivia", run)
    (entry,) = [each for each in await bureau.entries(run.id) if each.kind == "confirmed"]
    assert '"seconds_to_approve":7' in entry.data


async def test_a_contract_that_was_replaced_after_the_card_drifts_instead_of_turning_everybody_away(
    bureau: AgentHarness,
) -> None:
    run = await bureau.ask("amir", EMAIL)
    (value,) = [each for each in contracts() if each["name"] == "saas.update_email"]
    await bureau.office.register(bureau.people["olivia"], [value | {"version": 2, "title": "Set an e-mail"}])
    answer = await bureau.confirm("ada", run)
    assert isinstance(answer, Run)
    assert answer.drift
    run = await bureau.work(run.id)
    assert run.state == "refused"
    assert not bureau.hand.posted


async def test_who_gets_the_role_after_the_request_is_no_second_person_for_it(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    await bureau.confirm("amir", run)
    bureau.clock.advance(seconds=1)
    await role(bureau, "sara", "admin")
    bureau.people["sara"] = replace(bureau.people["sara"], role="admin")
    answer = await bureau.confirm("sara", run)
    assert refused(answer) == "forbidden"
    assert isinstance(answer, Refusal)
    assert "before you had the role" in answer.detail
    assert (await bureau.run(run.id)).state == "held"
    later = await bureau.ask("amir", SUSPEND)
    await bureau.confirm("amir", later)
    await bureau.confirm("sara", later)
    assert (await bureau.work(later.id)).state == "succeeded"


async def test_who_joins_after_the_request_is_no_second_person_for_it_not_by_a_key_either(bureau: AgentHarness) -> None:
    run = await bureau.ask("olivia", SUSPEND)
    await bureau.confirm("olivia", run)
    bureau.clock.advance(seconds=1)
    roster = MemberService(bureau.sessions, bureau.clock)
    invited = await roster.invite(bureau.people["olivia"], email="nobody@test.test", role="admin")
    joined = actor_of(await roster.join(invited.token, name="Nobody", password=PASSWORD))
    assert refused(await bureau.decisions.confirm(joined, run.id, run.digest or "")) == "forbidden"
    key, _ = await bureau.office.create_key(joined, "a key", scopes={"runs:write"})
    by_key = Actor(joined.workspace, key.id, "key", key.name, key.role, key.person)
    assert refused(await bureau.decisions.confirm(by_key, run.id, run.digest or "")) == "forbidden"
    assert not bureau.hand.posted


async def test_a_key_of_another_role_than_its_owners_counts_from_the_moment_it_was_made(bureau: AgentHarness) -> None:
    async def made(name: str) -> None:
        key, _ = await bureau.office.create_key(bureau.people["oscar"], name, scopes={"runs:write"}, role="admin")
        bureau.people[name] = Actor(key.workspace, key.id, "key", key.name, key.role, key.person)

    await made("before")
    bureau.clock.advance(seconds=1)
    run = await bureau.ask("olivia", SUSPEND)
    await bureau.confirm("olivia", run)
    bureau.clock.advance(seconds=1)
    await made("after")
    answer = await bureau.confirm("after", run)
    assert refused(answer) == "forbidden"
    assert isinstance(answer, Refusal)
    assert "before you had the role" in answer.detail
    await bureau.confirm("before", run)
    assert (await bureau.work(run.id)).state == "succeeded"


async def test_an_approval_counts_no_more_when_its_giver_got_the_role_anew_since(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", SUSPEND)
    await bureau.confirm("ada", run)
    bureau.clock.advance(seconds=1)
    await role(bureau, "ada", "owner")
    await bureau.confirm("amir", run)
    run = await bureau.run(run.id)
    assert (run.state, [each.name for each in run.approvals]) == ("held", ["amir"])
