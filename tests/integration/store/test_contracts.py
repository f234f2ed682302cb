from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.errors import Conflict, NotFound
from store import contracts
from store.contracts import ContractRow, SigningKeyRow
from store.database import Database
from tests.integration.store.rowmaking import AT, later


def a_contract(version: int = 1, **given: Any) -> ContractRow:
    row: dict[str, Any] = {
        "workspace": "ws_1",
        "name": "invoice.refund",
        "version": version,
        "raw": b'{"version":%d}\xff' % version,
        "signature": "eyJ..sig",
        "digest": f"sha256:{version}",
        "registered_by": "mem_1",
        "created_at": AT,
        "changed_at": AT,
    }
    return ContractRow(**{**row, **given})


async def test_a_contract_is_read_back_byte_for_byte(database: Database) -> None:
    async with database.begin() as session:
        assert await contracts.register(session, a_contract())
    async with database.read() as session:
        assert (await contracts.version(session, "ws_1", "invoice.refund", 1)).model_dump() == a_contract().model_dump()
        with pytest.raises(NotFound):
            await contracts.version(session, "ws_2", "invoice.refund", 1)


async def test_a_new_version_retires_the_older_one(database: Database) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract(1))
        await contracts.register(session, a_contract(1, name="other"))
        await contracts.register(session, a_contract(3))
        assert [(row.name, row.version) for row in await contracts.active(session, "ws_1")] == [
            ("invoice.refund", 3),
            ("other", 1),
        ]
        assert [row.version for row in await contracts.versions(session, "ws_1", "invoice.refund")] == [3, 1]
        assert await contracts.active(session, "ws_2") == []


async def test_registering_the_same_again_changes_nothing_and_is_refused_when_it_is_not_in_force(
    database: Database,
) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract())
        assert not await contracts.register(session, a_contract(registered_by="mem_2"))
        await contracts.retire(session, "ws_1", "invoice.refund")
        with pytest.raises(Conflict, match="version 1 is retired, so nothing was registered: raise its version"):
            await contracts.register(session, a_contract())
        assert await contracts.active(session, "ws_1") == []
        assert await contracts.register(session, a_contract(2))
        with pytest.raises(Conflict, match="is at version 2: register a higher one, not 1"):
            await contracts.register(session, a_contract())


async def test_a_registered_version_never_changes(database: Database) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract())
        with pytest.raises(Conflict, match="raise the version"):
            await contracts.register(session, a_contract(digest="sha256:other", raw=b"{}"))
        assert (await contracts.version(session, "ws_1", "invoice.refund", 1)).raw == a_contract().raw


async def test_a_version_below_the_newest_can_not_be_slipped_in(database: Database) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract(3))
        with pytest.raises(Conflict, match="at version 3"):
            await contracts.register(session, a_contract(2))


async def test_of_racing_registrations_with_other_content_one_wins(database: Database) -> None:
    async def register(digest: str) -> bool:
        try:
            async with database.begin() as session:
                return await contracts.register(session, a_contract(digest=digest))
        except Conflict:
            return False

    won = await asyncio.gather(*(register(f"sha256:{n}") for n in range(10)))
    assert won.count(True) == 1


async def test_a_retired_contract_can_be_reinstated(database: Database) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract(1))
        await contracts.register(session, a_contract(2))
        assert (await contracts.retire(session, "ws_1", "invoice.refund")).version == 2
        with pytest.raises(NotFound):
            await contracts.retire(session, "ws_1", "invoice.refund")
        with pytest.raises(NotFound):
            await contracts.reinstate(session, "ws_2", "invoice.refund")
        assert (await contracts.reinstate(session, "ws_1", "invoice.refund")).state == "active"
        assert [row.version for row in await contracts.active(session, "ws_1")] == [2]


async def test_the_generation_differs_after_every_change_and_only_then(database: Database) -> None:
    seen: list[str] = []

    async def note() -> None:
        async with database.read() as session:
            seen.append(await contracts.generation(session, "ws_1"))

    await note()
    async with database.begin() as session:
        await contracts.register(session, a_contract(changed_at=later(days=36500)))  # by a clock that runs ahead
    await note()
    async with database.begin() as session:
        await contracts.retire(session, "ws_1", "invoice.refund")
    await note()
    async with database.begin() as session:
        await contracts.reinstate(session, "ws_1", "invoice.refund")
    await note()
    key = SigningKeyRow(workspace="ws_1", kid="k", public="p", sealed_private="s", created_at=AT)
    async with database.begin() as session:
        await contracts.add_signing_key(session, key)
    await note()
    async with database.begin() as session:
        await contracts.retire_signing_key(session, "ws_1", "k", AT)
    await note()
    assert len(set(seen)) == 6
    async with database.begin() as session:
        await contracts.register(session, a_contract())
        await contracts.register(session, a_contract(workspace="ws_2"))
    await note()
    assert seen[-1] == seen[-2]


async def test_a_suspended_contract_is_in_force_again_only_when_somebody_says_so(database: Database) -> None:
    async with database.begin() as session:
        await contracts.register(session, a_contract())
        with pytest.raises(NotFound):
            await contracts.suspend(session, "ws_1", "invoice.refund", 2, "{}")
        row = await contracts.suspend(session, "ws_1", "invoice.refund", 1, '{"change":"removed"}')
        assert (row.state, row.reason) == ("suspended", '{"change":"removed"}')
    async with database.read() as session:
        assert await contracts.active(session, "ws_1") == []
        assert [each.name for each in await contracts.suspended(session, "ws_1")] == ["invoice.refund"]
        assert await contracts.suspended(session, "ws_2") == []
    async with database.begin() as session:
        with pytest.raises(Conflict, match=r"is suspended.* review it"):  # to register it again is not to have looked
            await contracts.register(session, a_contract())
        assert await contracts.active(session, "ws_1") == []
        with pytest.raises(NotFound):
            await contracts.reinstate(session, "ws_1", "invoice.refund")
        row = await contracts.reinstate(session, "ws_1", "invoice.refund", was="suspended")
        assert (row.state, row.reason) == ("active", '{"change":"removed"}')
        await contracts.suspend(session, "ws_1", "invoice.refund", 1, "{}")
        assert (await contracts.retire(session, "ws_1", "invoice.refund")).state == "retired"
        await contracts.register(session, a_contract(2))
        await contracts.suspend(session, "ws_1", "invoice.refund", 2, "{}")
        await contracts.register(session, a_contract(3))  # a new version puts an end to it
        assert [each.version for each in await contracts.active(session, "ws_1")] == [3]
        assert await contracts.suspended(session, "ws_1") == []


async def test_the_newest_signing_key_comes_first_and_a_retired_one_stays_to_verify(database: Database) -> None:
    def key(kid: str, **given: Any) -> SigningKeyRow:
        return SigningKeyRow(
            **{"workspace": "ws_1", "kid": kid, "public": "p", "sealed_private": "s", "created_at": AT, **given}
        )

    async with database.begin() as session:
        await contracts.add_signing_key(session, key("old"))
        await contracts.add_signing_key(session, key("new", created_at=later(days=1)))
        await contracts.retire_signing_key(session, "ws_1", "old", later(days=1))
        with pytest.raises(NotFound):
            await contracts.retire_signing_key(session, "ws_1", "old", AT)
        rows = await contracts.signing_keys(session, "ws_1")
        assert [(row.kid, row.retired_at) for row in rows] == [("new", None), ("old", later(days=1))]
        assert await contracts.signing_keys(session, "ws_2") == []
    with pytest.raises(Conflict):
        async with database.begin() as session:
            await contracts.add_signing_key(session, key("new"))
