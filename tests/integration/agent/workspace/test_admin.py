"""What governing a workspace changes, and what one broken row leaves alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import Conflict, InvalidContract
from core.webhook_signature import make_secret
from registry.contract import Contract
from tests.integration.agent.agent_harness import EMAIL, AgentHarness

PLATFORM = "https://platform.example"


async def test_a_connector_configured_anew_signs_with_both_secrets_for_a_day(harness: AgentHarness) -> None:
    olivia, secrets = harness.people["olivia"], harness.workspace_admin.action_secrets
    (made,) = await secrets.of(olivia.workspace, PLATFORM)
    fresh = make_secret()
    for _ in "again":
        await harness.workspace_admin.connect(olivia, "saas", PLATFORM, {"read_token": "t", "action_secret": fresh})
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh, made]
    harness.clock.advance(seconds=24 * 3600)
    assert await secrets.of(olivia.workspace, PLATFORM) == [fresh]


async def test_a_run_that_cannot_be_read_does_not_keep_the_others_from_expiring(harness: AgentHarness) -> None:
    broken = await harness.ask("olivia", EMAIL)
    whole = await harness.ask("olivia", EMAIL)
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE runs SET document = '{}' WHERE id = :id"), {"id": broken.id})
    harness.clock.advance(seconds=100_000)
    await harness.decisions.expire_due()
    assert (await harness.run(whole.id)).state == "expired"


class Watched(list[Any]):
    """Notes which thread goes through it."""

    def __init__(self, values: list[Any]) -> None:
        super().__init__(values)
        self.threads: set[int] = set()

    def __iter__(self) -> Iterator[Any]:
        self.threads.add(threading.get_ident())
        return super().__iter__()


async def test_contracts_are_read_and_linted_beside_the_event_loop(harness: AgentHarness) -> None:
    olivia = harness.people["olivia"]
    contract = next(iter((await harness.contexts.of(olivia.workspace)).catalogue))
    given = Watched([contract])
    (made,) = await harness.contract_admin.register(olivia, given)
    assert made.contract.name == contract.name
    assert given.threads
    assert threading.get_ident() not in given.threads


async def test_a_contract_for_evaluators_is_not_registered(harness: AgentHarness) -> None:
    olivia = harness.people["olivia"]
    contract = next(iter((await harness.contexts.of(olivia.workspace)).catalogue))
    theirs = contract.model_copy(update={"roles": (*contract.roles, "evaluator"), "version": contract.version + 1})
    with pytest.raises(InvalidContract) as refused:
        await harness.contract_admin.register(olivia, [theirs.model_dump(mode="json", by_alias=True)])
    assert [each.code for each in refused.value.findings] == ["evaluator_role"]


async def test_a_retired_contract_is_proposed_as_its_next_version_and_can_be_registered_so(
    harness: AgentHarness,
) -> None:
    olivia, admin = harness.people["olivia"], harness.contract_admin
    name = "saas.close_ticket"

    async def propose() -> Contract:
        return next(each for each in await admin.propose(olivia, "saas") if each.name == name)

    await admin.register(olivia, [before := await propose()])
    row = await admin.retire(olivia, name)
    with pytest.raises(Conflict, match=f"{name} version {row.version} is retired"):
        await admin.register(olivia, [before])
    again = await propose()
    assert again.version == row.version + 1
    assert (await admin.register(olivia, [again]))[0].fresh
    assert await propose() == again
