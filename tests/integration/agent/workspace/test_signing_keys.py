"""Another signing key: what is in force is signed with it, cards that wait go on, the key before it counts no more."""

from __future__ import annotations

import store.contracts
import store.history.log
from agent.runs.run import Run
from agent.workspace import signing_keys
from agent.workspace.signing_keys import KeyRotation
from tests.integration.agent.agent_harness import CLOSE, SUSPEND, AgentHarness


async def rotated(harness: AgentHarness) -> KeyRotation:
    async with harness.database.begin() as session:
        return await signing_keys.rotate(session, harness.people["olivia"], harness.contract_admin.box, harness.clock)


async def test_what_is_in_force_stays_and_a_card_that_waits_is_confirmed(harness: AgentHarness) -> None:
    before = (await harness.contexts.of(harness.workspace)).catalogue
    held = await harness.job((await harness.ask("amir", SUSPEND)).id)
    assert held.state == "held"
    await harness.contract_admin.suspend(harness.people["olivia"], "saas.close_ticket", 1, {"operation": "x"})
    done = await rotated(harness)
    after = (await harness.contexts.of(harness.workspace)).catalogue
    assert (done.signed, done.unsigned) == (len(before), ())
    assert {each.name for each in after} == {each.name for each in before} - {"saas.close_ticket"}
    assert after.faults == {}
    assert isinstance(await harness.confirm("amir", held), Run)
    confirmed = await harness.confirm("oscar", held)  # two people agree to this one
    assert isinstance(confirmed, Run)
    assert confirmed.state == "confirmed"
    await harness.contract_admin.reinstate(harness.people["olivia"], "saas.close_ticket")
    assert (await harness.contexts.of(harness.workspace)).catalogue.faults == {}
    assert (await harness.job((await harness.ask("amir", CLOSE)).id)).state in ("held", "confirmed")


async def test_what_the_key_before_it_signed_is_no_longer_taken(harness: AgentHarness) -> None:
    async with harness.database.read() as session:
        (row, *_) = await store.contracts.active(session, harness.workspace)
    done = await rotated(harness)
    async with harness.database.begin() as session:
        await store.contracts.sign_anew(session, row, row.signature)
    catalogue = (await harness.contexts.of(harness.workspace)).catalogue
    assert list(catalogue.faults) == [row.name]
    again = await rotated(harness)
    assert again.unsigned == (f"{row.name} v{row.version}",)
    assert again.retired == (done.kid,)
    assert (await harness.contexts.of(harness.workspace)).catalogue.get(row.name) is None


async def test_history_tells_of_it(harness: AgentHarness) -> None:
    done = await rotated(harness)
    async with harness.database.read() as session:
        rows = await store.history.log.page(session, harness.workspace, limit=1)
    assert rows[0].kind == "signing_key_rotated"
    assert done.kid in rows[0].data
