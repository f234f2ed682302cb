"""Who may say yes, to what, for how long: asked again at every decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import store.accounts.members
from agent.pipeline import Refusal
from agent.runs import service
from agent.runs.run import Run
from agent.workspace.admin import make_owner
from agent.workspace.members import MemberService
from core.actor import Actor
from core.errors import NotFound
from tests.integration.agent.agent_harness import CLOSE, CREDIT, EMAIL, PASSWORD, SUSPEND, AgentHarness, contracts


async def role(harness: AgentHarness, person: str, to: str) -> None:
    async with harness.database.begin() as session:
        await store.accounts.members.set_role(
            session, harness.workspace, harness.people[person].id, to, at=harness.clock(), by=None
        )


def refused(answer: Run | Refusal) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


async def test_two_people_in_either_order_and_one_of_them_asked(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    await harness.confirm("ada", run)
    assert (await harness.run(run.id)).state == "held"
    await harness.confirm("amir", run)
    assert (await harness.job(run.id)).state == "succeeded"
    assert len(harness.signed_client.posted) == 1


async def test_the_first_approvers_yes_counts_no_more_once_they_lost_the_role(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    await harness.confirm("ada", run)
    await role(harness, "ada", "support")
    await harness.confirm("amir", run)
    run = await harness.run(run.id)
    assert (run.state, [each.name for each in run.approvals]) == ("held", ["amir"])
    assert harness.people["ada"].person in (await harness.entries(run.id))[-1].data
    assert not harness.signed_client.posted
    await harness.confirm("oscar", run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_an_approver_who_lost_the_role_before_sending_stops_it(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    await harness.confirm("ada", run)
    await role(harness, "ada", "support")
    run = await harness.job(run.id)
    assert (run.state, run.drift) == ("held", ("ada, who approved this, may no longer do so.",))
    assert not harness.signed_client.posted


async def test_who_asked_with_another_role_now_is_never_named_with_the_old_one(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    await role(harness, "amir", "owner")
    await harness.confirm("ada", run)
    run = await harness.job(run.id)
    assert run.state == "held"
    assert run.drift == ("amir's role changed from admin to owner.",)
    await harness.confirm("ada", run)
    await harness.job(run.id)
    assert b'"role":"owner"' in harness.signed_client.posted[0].body


async def test_an_approver_sees_what_came_of_it_and_a_second_click_is_one(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    assert isinstance(await harness.confirm("ada", run), Run)
    again = await harness.confirm("ada", run)
    assert isinstance(again, Run)
    assert again.state == "confirmed"
    await harness.job(run.id)
    assert (await harness.run_service.show(harness.people["ada"], run.id)).state == "succeeded"
    assert (await harness.kinds(run.id)).count("confirmed") == 1


async def test_the_approver_who_met_the_drift_may_wait_for_the_fresh_card(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    harness.platform.row("customer", 3)["company"] = "Lind & Daughters"
    again = await harness.confirm("ada", run)
    assert isinstance(again, Run)
    assert again.state == "received"
    assert (await harness.run_service.show(harness.people["ada"], run.id)).state == "received"


async def test_a_card_that_ran_out_is_not_brought_back_by_an_edit(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    assert run.digest
    harness.clock.advance(days=8)
    answer = await harness.decisions.edit(harness.people["amir"], run.id, run.digest, {"0.email": "c@x.example"})
    assert refused(answer) == "expired"
    assert (await harness.run(run.id)).state == "expired"


async def test_once_in_a_session_is_the_yes_of_who_asked_and_of_nobody_else(harness: AgentHarness) -> None:
    run = await harness.ask("sara", CLOSE)
    await harness.confirm("amir", run)
    await harness.job(run.id)
    harness.platform.row("ticket", 5519)["status"] = "open"
    run = await harness.ask("sara", CLOSE)
    assert run.state == "held", "amir's yes was to one call"
    await harness.confirm("sara", run)
    await harness.job(run.id)
    run = await harness.ask("sara", CLOSE)
    assert run.state == "succeeded"
    other = await harness.ask("sara", CLOSE, session_id="s2")
    assert other.state == "held"


async def test_a_look_at_the_newest_cards_reads_no_others_and_says_that_there_are(harness: AgentHarness) -> None:
    first = await harness.ask("amir", EMAIL)
    harness.clock.advance(seconds=1)
    second = await harness.ask("amir", SUSPEND)
    ada, sara = harness.people["ada"], harness.people["sara"]

    async def look(actor: Actor, looks: int) -> tuple[list[str], bool]:
        held, more = await harness.run_service.list_newest_awaiting(actor, looks=looks)
        return [run.id for run in held], more

    assert await look(ada, 1) == ([second.id], True)
    assert await look(ada, 2) == ([second.id, first.id], False)
    assert await look(sara, 1) == ([], True)


async def awaiting(harness: AgentHarness, name: str, **page: Any) -> tuple[list[str], str | None]:
    found, following = await harness.run_service.list_awaiting(harness.people[name], **page)
    return [run.id for run in found], following


async def test_what_awaits_an_approver_is_what_they_could_still_approve_oldest_first(harness: AgentHarness) -> None:
    first = await harness.ask("amir", EMAIL)
    harness.clock.advance(seconds=1)
    second = await harness.ask("amir", SUSPEND)
    assert await awaiting(harness, "ada") == ([first.id, second.id], None)
    assert await awaiting(harness, "sara") == ([], None)
    assert await awaiting(harness, "amir") == ([], None), "one's own are among one's runs"
    await harness.confirm("ada", second)
    assert await awaiting(harness, "ada") == ([first.id], None), "a second yes of hers counts nothing"
    harness.clock.advance(days=8)
    assert await awaiting(harness, "oscar") == ([], None)


async def test_pages_of_what_awaits_miss_nothing_and_the_last_one_says_so(
    harness: AgentHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    for text in (EMAIL, SUSPEND, CLOSE):
        asked.append((await harness.ask("amir", text)).id)
        harness.clock.advance(seconds=1)
    monkeypatch.setattr(service, "LOOKS", 1)
    assert await awaiting(harness, "ada", limit=2) == (asked[:2], asked[1])
    assert await awaiting(harness, "ada", limit=2, after=asked[1]) == (asked[2:], None)
    assert await awaiting(harness, "ada", limit=3) == (asked, None)
    monkeypatch.setattr(service, "MOST_LOOKS", 2)
    assert await awaiting(harness, "amir") == ([], asked[1]), "it looks no further for one page, and says where"
    with pytest.raises(NotFound):
        await awaiting(harness, "ada", after="run_none")


async def test_the_first_of_two_yeses_at_once_does_not_turn_the_other_away(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    quicker = harness.people["oscar"]
    assert run.digest
    digest = run.digest
    harness.platform.meanwhile = lambda: harness.decisions.confirm(quicker, run.id, digest)
    answer = await harness.confirm("ada", run)
    assert isinstance(answer, Run)
    assert answer.state == "confirmed"


async def test_seconds_to_approve_are_counted_from_the_card(harness: AgentHarness) -> None:
    run = await harness.ask("olivia", CREDIT, EMAIL)
    assert run.state == "held"
    harness.clock.advance(seconds=7)
    await harness.confirm("olivia", run)
    (entry,) = [each for each in await harness.entries(run.id) if each.kind == "confirmed"]
    assert '"seconds_to_approve":7' in entry.data


async def test_a_contract_replaced_after_the_card_drifts_instead_of_being_forbidden(
    harness: AgentHarness,
) -> None:
    run = await harness.ask("amir", EMAIL)
    (value,) = [each for each in contracts() if each["name"] == "saas.update_email"]
    await harness.contract_admin.register(harness.people["olivia"], [value | {"version": 2, "title": "Set an e-mail"}])
    answer = await harness.confirm("ada", run)
    assert isinstance(answer, Run)
    assert answer.drift
    run = await harness.job(run.id)
    assert run.state == "refused"
    assert not harness.signed_client.posted


async def test_who_gets_the_role_after_the_request_is_no_second_person_for_it(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    await harness.confirm("amir", run)
    harness.clock.advance(seconds=1)
    await role(harness, "sara", "admin")
    harness.people["sara"] = replace(harness.people["sara"], role="admin")
    answer = await harness.confirm("sara", run)
    assert refused(answer) == "forbidden"
    assert isinstance(answer, Refusal)
    assert "before you had the role" in answer.detail
    assert (await harness.run(run.id)).state == "held"
    later = await harness.ask("amir", SUSPEND)
    await harness.confirm("amir", later)
    await harness.confirm("sara", later)
    assert (await harness.job(later.id)).state == "succeeded"


async def test_who_joins_after_the_request_is_no_second_person_for_it(harness: AgentHarness) -> None:
    run = await harness.ask("olivia", SUSPEND)
    await harness.confirm("olivia", run)
    harness.clock.advance(seconds=1)
    member_service = MemberService(harness.database, harness.clock)
    invited = await member_service.invite(harness.people["olivia"], email="nobody@test.test", role="admin")
    joined = make_owner(await member_service.join(invited.token, name="Nobody", password=PASSWORD))
    assert refused(await harness.decisions.confirm(joined, run.id, run.digest or "")) == "forbidden"
    assert not harness.signed_client.posted


async def test_an_approval_counts_no_more_when_its_giver_got_the_role_anew_since(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    await harness.confirm("ada", run)
    harness.clock.advance(seconds=1)
    await role(harness, "ada", "owner")
    await harness.confirm("amir", run)
    run = await harness.run(run.id)
    assert (run.state, [each.name for each in run.approvals]) == ("held", ["amir"])
