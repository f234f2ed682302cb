"""Who may say yes: a key never to what only a person confirms, whenever the card was made, and never to what is of the
other mode."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Refusal, SuppliedValue
from agent.runs import repository
from agent.runs.run import Approval, Run
from core.actor import Actor, Mode
from core.errors import Forbidden, WrongMode
from registry.confirmation import ConfirmBy
from registry.contract import parse
from tests.integration.agent.agent_harness import CLOSE, REPLY, SUSPEND, AgentHarness, contracts


async def key_of(harness: AgentHarness, person: str, mode: Mode = "live") -> Actor:
    row, _ = await harness.key_admin.create_key(
        harness.people[person], f"{person}'s", scopes={"runs:confirm"}, mode=mode
    )
    actor = harness.people[person]
    return Actor(actor.workspace, row.id, "key", row.name, row.role, row.person, mode)


async def confirm(harness: AgentHarness, actor: Actor, run: Run) -> Run | Refusal:
    return await harness.decisions.confirm(actor, run.id, run.digest or "")


def code(answer: Run | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else answer.state


async def run_action(harness: AgentHarness, action: str, **params: Any) -> Run:
    given = {
        name: SuppliedValue(value=value, by="api", pointer=f"/params/{name}", ref="k") for name, value in params.items()
    }
    return await harness.run_service.direct.run(harness.people["amir"], action, given, given="api", session_id="s1")


async def changed(harness: AgentHarness, name: str, **changes: Any) -> None:
    """The owner signs another version of a contract."""
    there = next(each for each in contracts() if each["name"] == name)
    await harness.contract_admin.register(harness.people["olivia"], [there | {"version": 2} | changes])


async def test_a_key_is_told_where_a_person_confirms_what_cannot_be_undone(harness: AgentHarness) -> None:
    run = await harness.ask("sara", REPLY)
    assert run.plan is not None
    assert run.plan.confirm_by is ConfirmBy.PERSON
    answer = await confirm(harness, await key_of(harness, "sara"), run)
    assert isinstance(answer, Refusal)
    assert (answer.code, f"/runs/{run.id}" in answer.detail) == ("person_required", True)
    assert code(await confirm(harness, harness.people["sara"], run)) == "confirmed"


async def test_a_card_from_before_contracts_said_so_needs_a_person_all_the_same(harness: AgentHarness) -> None:
    run = await harness.ask("sara", REPLY)
    assert run.plan is not None
    (step,) = run.plan.steps
    old = run.plan.model_copy(update={"steps": (step.model_copy(update={"confirm_by": ConfirmBy.ANYONE}),)})
    async with harness.database.begin() as session:
        run = await repository.move(session, run.with_(plan=old), was={"held"})
    assert code(await confirm(harness, await key_of(harness, "sara"), run)) == "person_required"


async def test_a_contract_may_ask_for_a_person_or_let_a_key(harness: AgentHarness) -> None:
    await changed(harness, "saas.close_ticket", confirmation={"policy": "always", "by": "person"})
    await changed(harness, "saas.reply_ticket", confirmation={"policy": "always", "by": "anyone"})
    close = await run_action(harness, "saas.close_ticket", ticket_id=5519)
    reply = await run_action(harness, "saas.reply_ticket", ticket_id=5519, message="done")
    key = await key_of(harness, "amir")
    assert code(await confirm(harness, key, close)) == "person_required"
    assert code(await confirm(harness, key, reply)) == "confirmed"


async def test_one_call_that_needs_a_person_makes_the_card_a_persons(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CLOSE, REPLY)
    assert run.plan is not None
    assert [step.confirm_by for step in run.plan.steps] == [ConfirmBy.ANYONE, ConfirmBy.PERSON]
    assert code(await confirm(harness, await key_of(harness, "amir"), run)) == "person_required"


async def test_of_two_who_must_agree_none_is_a_key_that_asked_or_that_is_another_persons(harness: AgentHarness) -> None:
    harness.people["robot"] = await key_of(harness, "amir")
    run = await harness.ask("robot", SUSPEND)
    assert run.plan is not None
    assert run.plan.confirm_by is ConfirmBy.PERSON
    for key in (harness.people["robot"], await key_of(harness, "ada")):
        assert code(await confirm(harness, key, run)) == "person_required"
    await harness.confirm("amir", run)
    await harness.confirm("ada", run)
    assert (await harness.job(run.id)).state == "succeeded"


async def test_an_approval_that_a_key_gave_counts_no_more_once_a_person_is_needed(harness: AgentHarness) -> None:
    run = await harness.ask("amir", SUSPEND)
    key = await key_of(harness, "ada")
    given = Approval(person=key.person, name=key.name, at=harness.clock(), digest=run.digest or "", actor=key)
    async with harness.database.begin() as session:
        run = await repository.move(session, run.with_(approvals=(given,)), was={"held"})
    await harness.confirm("oscar", run)
    run = await harness.run(run.id)
    assert (run.state, [each.name for each in run.approvals]) == ("held", ["oscar"])
    assert not harness.signed_client.posted


async def test_the_digest_covers_who_may_confirm_and_the_mode(harness: AgentHarness) -> None:
    run = await harness.ask("sara", REPLY)

    async def digest_of(change: Callable[[Run], Run]) -> str:
        from agent.validate.payload import digest_plan

        other = change(run)
        assert other.plan is not None
        return digest_plan(other.plan.steps, run_id=run.id, actor=other.actor, surface=run.surface)

    def softened(run: Run) -> Run:
        assert run.plan is not None
        steps = tuple(step.model_copy(update={"confirm_by": ConfirmBy.ANYONE}) for step in run.plan.steps)
        return run.with_(plan=run.plan.model_copy(update={"steps": steps}))

    assert await digest_of(lambda run: run) == run.digest
    assert await digest_of(softened) != run.digest
    assert await digest_of(lambda run: run.with_(actor=replace(run.actor, mode="test"))) != run.digest


async def test_what_a_test_key_asks_for_is_recorded_as_a_test_and_posted_nowhere(harness: AgentHarness) -> None:
    harness.people["tester"] = await key_of(harness, "olivia", "test")
    run = await harness.ask("tester", CLOSE)
    assert (run.mode, run.state) == ("test", "held")
    await harness.confirm("tester", run)
    run = await harness.job(run.id)
    assert (run.state, harness.signed_client.posted) == ("succeeded", [])
    assert run.outcomes[0].answer == '{"status":"closed","ticket_id":0}'
    assert {json.loads(each.data)["mode"] for each in await harness.entries(run.id)} == {"test"}
    again = await harness.ask("tester", CLOSE)
    assert again.state == "held", "a yes in test mode stands for no other"


async def test_a_stored_run_that_says_it_is_live_is_still_a_test_by_its_principal(harness: AgentHarness) -> None:
    harness.people["tester"] = await key_of(harness, "olivia", "test")
    run = await harness.ask("tester", CLOSE)
    async with harness.database.begin() as session:
        await repository.move(session, run.with_(mode="live"), was={"held"})
    await harness.confirm("tester", run)
    assert (await harness.job(run.id)).state == "succeeded"
    assert not harness.signed_client.posted


async def test_keys_decide_about_runs_of_their_own_mode_alone(harness: AgentHarness) -> None:
    live, test = await key_of(harness, "olivia"), await key_of(harness, "olivia", "test")
    harness.people |= {"live": live, "test": test}
    asked, tried = await harness.ask("live", CLOSE), await harness.ask("test", CLOSE)
    acts: list[tuple[Actor, Run]] = [(test, asked), (live, tried)]
    for actor, run in acts:
        attempts: list[Awaitable[object]] = [
            confirm(harness, actor, run), harness.decisions.reject(actor, run.id),
            harness.decisions.cancel(actor, run.id),
            harness.decisions.edit(actor, run.id, run.digest or "", {"0.ticket_id": "5520"}),
            harness.decisions.answer(actor, run.id, "0.ticket_id", text="5520"),
            harness.decisions.decide(actor, run.id, "happened"),
        ]  # fmt: skip
        for attempt in attempts:
            with pytest.raises(WrongMode):
                await attempt
    assert code(await harness.decisions.confirm(harness.people["olivia"], tried.id, tried.digest or "")) == "confirmed"
    awaiting, _ = await harness.run_service.list_awaiting(harness.people["oscar"])
    assert [run.id for run in awaiting] == [asked.id], "nobody is called to a test"


async def test_a_key_registers_nothing_that_leads_round_a_person(harness: AgentHarness) -> None:
    key = await key_of(harness, "olivia")
    reply = next(each for each in contracts() if each["name"] == "saas.reply_ticket")
    mild = {"risk": "write", "confirmation": {"policy": "never"}}
    with pytest.raises(Forbidden, match="Sign this one in the console"):
        await harness.contract_admin.register(key, [reply | {"version": 2} | mild])
    with pytest.raises(Forbidden):
        await harness.contract_admin.register(key, [reply | {"name": "saas.other"} | mild])
    elsewhere = reply | {"name": "shop.note", "endpoint": {"url": "https://elsewhere.example/note"}} | mild
    assert (await harness.contract_admin.register(key, [elsewhere]))[0].fresh, (
        "where nothing needs a person, a key deploys"
    )
    assert (await harness.contract_admin.register(key, [reply | {"version": 2, "title": "Answer a ticket"}]))[0].fresh
    assert (await harness.contract_admin.register(harness.people["olivia"], [reply | {"version": 3} | mild]))[0].fresh


async def test_no_other_spelling_of_an_address_leads_round_a_person(harness: AgentHarness) -> None:
    key = await key_of(harness, "olivia")
    reply = next(each for each in contracts() if each["name"] == "saas.reply_ticket")
    guard = reply | {"name": "crane.lift", "endpoint": {"url": "https://crane9.example/lift"}}
    await harness.contract_admin.register(harness.people["olivia"], [guard])
    mild = guard | {"name": "crane.peek", "risk": "write", "confirmation": {"policy": "never"}}
    for host in ("crane9.example:443", "crane9.example:0443", "Crane9.example.", "crane９.example", "crane9%2eexample"):
        with pytest.raises(Forbidden, match="Sign this one in the console"):
            await harness.contract_admin.register(key, [mild | {"endpoint": {"url": f"https://{host}/peek"}}])
    other = mild | {"endpoint": {"url": "https://crane9.example:8443/peek"}}
    assert (await harness.contract_admin.register(key, [other]))[0].fresh


def test_a_contract_that_does_not_say_keeps_its_bytes() -> None:
    reply = next(each for each in contracts() if each["name"] == "saas.reply_ticket")
    assert b'"by"' not in parse(reply).canonical
    assert parse(reply).confirm_by is ConfirmBy.PERSON
    assert parse(reply | {"risk": "write"}).confirm_by is ConfirmBy.ANYONE
    two = {"policy": "always", "approvals": 2}
    for by in ({}, {"by": "anyone"}):
        assert parse(reply | {"risk": "write", "confirmation": two | by}).confirm_by is ConfirmBy.PERSON, by
