"""What the doors lean on: keys, nonces, idempotency records, signing secrets, connectors, confirmations."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.actor import Actor
from core.errors import Conflict, NotFound
from store import connectors, signing_secrets, workspaces
from store.accounts import api_keys
from store.accounts.api_keys import KeyRow
from store.connectors import ConnectorRow
from store.database import Database
from store.requests import idempotency, nonces
from store.requests.idempotency import IdempotencyRow, KeyClaim
from store.runs import confirmations, runs
from store.signing_secrets import SigningSecretRow
from store.workspaces import WorkspaceRow
from tests.integration.store.rowmaking import AT, a_run, later


def a_key(n: int = 1, **given: Any) -> KeyRow:
    row: dict[str, Any] = {
        "id": f"key_{n}",
        "workspace": "ws_1",
        "public": f"pk_test_{n}",
        "mode": "test",
        "name": "shop",
        "role": "admin",
        "person": "mem_1",
        "scopes": "events:write actions:run",
        "sealed": "sealed-1",
        "created_at": later(seconds=n),
    }
    return KeyRow(**{**row, **given})


async def put_keys(database: Database, *rows: KeyRow) -> None:
    async with database.begin() as session:
        for number in (1, 2):
            await workspaces.insert(session, WorkspaceRow(id=f"ws_{number}", name="x", created_at=AT))
        for row in rows:
            await api_keys.insert(session, row)


async def test_a_key_is_found_by_its_public_part_alone(database: Database) -> None:
    await put_keys(database, a_key(1), a_key(2, workspace="ws_2"))
    async with database.begin() as session:
        found = await api_keys.with_members(session, ["pk_test_2", "pk_test_9"])
        assert {public: key.workspace for public, (key, _) in found.items()} == {"pk_test_2": "ws_2"}
        with pytest.raises(NotFound):
            await api_keys.get(session, "ws_1", "key_2")
        assert [row.id for row in await api_keys.listed(session, "ws_1")] == ["key_1"]
        with pytest.raises(Conflict):
            await api_keys.insert(session, a_key(3, public="pk_test_1", workspace="ws_2"))


async def test_both_secrets_sign_while_a_key_rotates_and_one_after_it(database: Database) -> None:
    await put_keys(database, a_key())
    async with database.begin() as session:
        row = await api_keys.rotate(
            session, "ws_1", "key_1", was="sealed-1", sealed="sealed-2", previous_until=later(hours=24)
        )
        assert row.secrets(later(hours=23)) == ("sealed-2", "sealed-1")
        assert row.secrets(later(hours=24)) == ("sealed-2",)
        with pytest.raises(Conflict, match="rotated"):
            await api_keys.rotate(
                session, "ws_1", "key_1", was="sealed-1", sealed="sealed-3", previous_until=later(hours=24)
            )
        with pytest.raises(NotFound):
            await api_keys.rotate(
                session, "ws_2", "key_1", was="sealed-2", sealed="sealed-3", previous_until=later(hours=24)
            )


async def test_a_revoked_or_expired_key_has_no_secret_that_signs(database: Database) -> None:
    await put_keys(database, a_key(1), a_key(2, expires_at=later(hours=1)))
    async with database.begin() as session:
        assert (await api_keys.revoke(session, "ws_1", "key_1", AT)).secrets(AT) == ()
        assert (await api_keys.revoke(session, "ws_1", "key_1", later(days=1))).revoked_at == AT
        with pytest.raises(Conflict, match="revoked"):
            await api_keys.rotate(session, "ws_1", "key_1", was="sealed-1", sealed="x", previous_until=AT)
        two = await api_keys.get(session, "ws_1", "key_2")
        assert two.secrets(AT) == ("sealed-1",)
        assert two.secrets(later(hours=1)) == ()
        assert await api_keys.revoke_of_person(session, "ws_1", "mem_1", AT) == 1


async def test_using_a_key_is_remembered_once_a_minute(database: Database) -> None:
    await put_keys(database, a_key())

    async def used(at: datetime) -> datetime | None:
        async with database.begin() as session:
            await api_keys.touch(session, "key_1", at)
            return (await api_keys.get(session, "ws_1", "key_1")).last_used_at

    assert await used(AT) == AT
    assert await used(later(seconds=59)) == AT
    assert await used(later(seconds=61)) == later(seconds=61)


async def test_a_nonce_is_taken_once_for_each_key(database: Database) -> None:
    async with database.begin() as session:
        assert await nonces.insert(session, "pk_1", "n", AT)
        assert await nonces.insert(session, "pk_2", "n", AT)
        assert not await nonces.insert(session, "pk_1", "n", later(seconds=1))


async def test_of_twenty_racing_repeats_of_a_nonce_one_gets_through(database: Database) -> None:
    async def take() -> bool:
        async with database.begin() as session:
            return await nonces.insert(session, "pk_1", "n", AT)

    assert (await asyncio.gather(*(take() for _ in range(20)))).count(True) == 1


async def test_old_nonces_are_purged_and_fresh_ones_stay(database: Database) -> None:
    async with database.begin() as session:
        await nonces.insert(session, "pk_1", "old", AT)
        await nonces.insert(session, "pk_1", "new", later(minutes=10))
        assert await nonces.purge(session, later(minutes=10)) == 1
        assert not await nonces.insert(session, "pk_1", "new", AT)


async def start(
    database: Database, owner: str, *, at: datetime = AT, fingerprint: str = "f", workspace: str = "ws_1"
) -> KeyClaim:
    async with database.begin() as session:
        return await idempotency.start(
            session,
            workspace=workspace,
            method="POST",
            path="/v1/events/fire",
            key="k",
            fingerprint=fingerprint,
            owner=owner,
            now=at,
            stale_before=at.replace(minute=at.minute - 1),
            forget_before=at.replace(day=at.day - 1),
        )


async def test_the_first_request_is_ours_the_second_waits_and_the_third_is_replayed(database: Database) -> None:
    claim = await start(database, "o1")
    assert claim.verdict == "ours"
    assert (await start(database, "o2")).verdict == "in_flight"
    assert (await start(database, "o2", fingerprint="other")).verdict == "reused"
    assert (await start(database, "o2", workspace="ws_2")).verdict == "ours"
    async with database.begin() as session:
        await idempotency.finish(session, claim.row, status=202, body='{"id":"evt_1"}')
    replay = await start(database, "o3")
    assert (replay.verdict, replay.row.status, replay.row.body) == ("done", 202, '{"id":"evt_1"}')
    assert (await start(database, "o4", fingerprint="other")).verdict == "reused"


async def test_of_twenty_racing_requests_with_one_key_one_is_ours(database: Database) -> None:
    claims = await asyncio.gather(*(start(database, f"o{n}") for n in range(20)))
    assert sorted(claim.verdict for claim in claims) == ["in_flight"] * 19 + ["ours"]


async def test_a_claim_whose_owner_died_is_taken_over_and_the_dead_one_can_not_finish(database: Database) -> None:
    dead = await start(database, "o1")
    assert (await start(database, "o2", at=later(seconds=59))).verdict == "in_flight"
    taken = await start(database, "o2", at=later(seconds=61))
    assert taken.verdict == "ours"

    async def effect_and_answer() -> None:
        async with database.begin() as session:
            await runs.insert(session, a_run())
            await idempotency.finish(session, dead.row, status=200, body="{}")

    with pytest.raises(Conflict):
        await effect_and_answer()
    async with database.begin() as session:
        assert await runs.listed(session, "ws_1") == []
        await idempotency.finish(session, taken.row, status=200, body="{}")


async def test_a_record_is_forgotten_after_a_day_or_when_given_up(database: Database) -> None:
    claim = await start(database, "o1")
    async with database.begin() as session:
        await idempotency.forget(session, claim.row)
        assert await idempotency.get(session, "ws_1", "POST", "/v1/events/fire", "k") is None
    claim = await start(database, "o2")
    async with database.begin() as session:
        await idempotency.finish(session, claim.row, status=200, body="{}")
        await idempotency.forget(session, claim.row)
        assert await idempotency.get(session, "ws_1", "POST", "/v1/events/fire", "k") is not None
    assert (await start(database, "o3", at=later(hours=23))).verdict == "done"
    assert (await start(database, "o3", at=later(hours=25))).verdict == "ours"
    async with database.begin() as session:
        assert await idempotency.purge(session, later(hours=25)) == 0
        assert await idempotency.purge(session, later(hours=26)) == 1


def a_secret(current: str = "sealed-1") -> SigningSecretRow:
    return SigningSecretRow(
        workspace="ws_1", purpose="action", target="https://shop.example", current=current, created_at=AT
    )


async def test_callers_racing_for_a_first_secret_get_the_same_one(database: Database) -> None:
    async def first(n: int) -> str:
        async with database.begin() as session:
            return (await signing_secrets.put_first(session, a_secret(f"sealed-{n}"))).current

    assert len(set(await asyncio.gather(*(first(n) for n in range(10))))) == 1


async def test_a_rotated_signing_secret_signs_beside_the_new_one_for_a_day(database: Database) -> None:
    names = ("ws_1", "action", "https://shop.example")
    async with database.begin() as session:
        await signing_secrets.put_first(session, a_secret())
        row = await signing_secrets.rotate(
            session, *names, was="sealed-1", sealed="sealed-2", previous_until=later(hours=24)
        )
        assert row.secrets(AT) == ("sealed-2", "sealed-1")
        assert row.secrets(later(hours=24)) == ("sealed-2",)
        with pytest.raises(Conflict):
            await signing_secrets.rotate(session, *names, was="sealed-1", sealed="sealed-3", previous_until=AT)
        with pytest.raises(NotFound):
            await signing_secrets.get(session, "ws_2", "action", "https://shop.example")
        assert [row.target for row in await signing_secrets.listed(session, "ws_1")] == ["https://shop.example"]
        await signing_secrets.remove(session, *names)
        assert await signing_secrets.listed(session, "ws_1") == []


async def test_a_connector_is_replaced_switched_and_removed(database: Database) -> None:
    row = ConnectorRow(
        workspace="ws_1", name="saas", base_url="https://a", sealed_secrets="s", created_at=AT, updated_at=AT
    )
    async with database.begin() as session:
        await connectors.put(session, row)
        changed = ConnectorRow(**{**row.model_dump(), "base_url": "https://b", "created_at": later(days=1)})
        stored = await connectors.put(session, changed)
        assert (stored.base_url, stored.created_at) == ("https://b", AT)
        assert not (await connectors.enable(session, "ws_1", "saas", False, AT)).enabled
        assert [one.name for one in await connectors.listed(session, "ws_1")] == ["saas"]
        for attempt in (connectors.get(session, "ws_2", "saas"), connectors.enable(session, "ws_2", "saas", True, AT)):
            with pytest.raises(NotFound):
                await attempt
        with pytest.raises(NotFound):
            await connectors.remove(session, "ws_2", "saas")
        await connectors.remove(session, "ws_1", "saas")
        assert await connectors.listed(session, "ws_1") == []


async def test_a_confirmation_holds_for_one_person_role_session_and_contract(database: Database) -> None:
    mine = Actor("ws_1", "mem_1", "member", "Mona", "owner", "mem_1")
    async with database.begin() as session:
        for _ in range(2):
            await confirmations.remember(session, mine, "ses_1", "sha256:a")
        assert await confirmations.has(session, mine, "ses_1", "sha256:a")
        my_key = replace(mine, id="key_1", kind="key")
        assert await confirmations.has(session, my_key, "ses_1", "sha256:a"), "the same person in the same role"
        for other in (
            (replace(mine, workspace="ws_2"), "ses_1", "sha256:a"),
            (replace(mine, person="mem_2"), "ses_1", "sha256:a"),
            (replace(my_key, role="support"), "ses_1", "sha256:a"),
            (mine, "ses_2", "sha256:a"),
            (mine, "ses_1", "sha256:b"),
        ):
            assert not await confirmations.has(session, *other)
        assert await confirmations.of_session(session, mine, "ses_1") == {"sha256:a"}
        assert await confirmations.purge(session, later(days=36500)) == 1


def an_answer(key: str, *, fingerprint: str = "f", owner: str, at: datetime = AT) -> IdempotencyRow:
    return IdempotencyRow(
        workspace="ws_1",
        method="POST",
        path="/v1/events/fire",
        key=key,
        fingerprint=fingerprint,
        owner=owner,
        state="done",
        status=202,
        body=owner,
        created_at=at,
    )


async def kept(database: Database, *rows: IdempotencyRow, at: datetime = AT) -> list[KeyClaim]:
    async with database.begin() as session:
        return await idempotency.store_answers(
            session, rows, stale_before=at - timedelta(seconds=15), forget_before=at - timedelta(hours=24)
        )


async def test_answers_are_kept_together_each_key_once(database: Database) -> None:
    first = await kept(
        database,
        an_answer("b", owner="1"),
        an_answer("a", owner="2"),
        an_answer("b", owner="3"),
        an_answer("b", fingerprint="other", owner="4"),
    )
    assert [(claim.verdict, claim.row.body) for claim in first] == [
        ("ours", "1"), ("ours", "2"), ("done", "1"), ("reused", "1"),
    ]  # fmt: skip
    again = await kept(database, an_answer("b", owner="5"), an_answer("c", owner="6"), an_answer("a", owner="7"))
    assert [(claim.verdict, claim.row.body) for claim in again] == [("done", "1"), ("ours", "6"), ("done", "2")]


async def test_an_answer_takes_over_what_is_stale_or_forgotten_and_nothing_else(database: Database) -> None:
    await kept(database, an_answer("old", owner="1"))
    for key, fingerprint in (("dead", "f"), ("odd", "other"), ("busy", "f")):
        async with database.begin() as session:
            begun = later(hours=25) if key == "busy" else AT
            await idempotency.start(
                session,
                workspace="ws_1",
                method="POST",
                path="/v1/events/fire",
                key=key,
                fingerprint=fingerprint,
                owner="x",
                now=begun,
                stale_before=begun,
                forget_before=AT,
            )
    soon = later(seconds=20)
    assert [
        claim.verdict
        for claim in await kept(
            database,
            an_answer("old", owner="2", at=soon),
            an_answer("dead", owner="3", at=soon),
            an_answer("odd", owner="4", at=soon),
            at=soon,
        )
    ] == ["done", "ours", "reused"]
    tomorrow = later(hours=25)
    (old, odd, busy) = await kept(
        database,
        an_answer("old", owner="5", at=tomorrow),
        an_answer("odd", owner="6", at=tomorrow),
        an_answer("busy", owner="7", at=tomorrow),
        at=tomorrow,
    )
    assert [old.verdict, odd.verdict, busy.verdict] == ["ours", "ours", "in_flight"]
    async with database.read() as session:
        row = await idempotency.get(session, "ws_1", "POST", "/v1/events/fire", "old")
    assert row is not None
    assert (row.owner, row.body, row.created_at) == ("5", "5", tomorrow)


async def test_each_caller_has_a_key_of_its_own(database: Database) -> None:
    a, b = idempotency.scope_key("key_a", "k"), idempotency.scope_key("key_b", "k")
    first = await kept(database, an_answer(a, owner="1"), an_answer(b, owner="2"))
    assert [(claim.verdict, claim.row.body) for claim in first] == [("ours", "1"), ("ours", "2")]
    again = await kept(database, an_answer(b, owner="3"), an_answer(a, owner="4"))
    assert [(claim.verdict, claim.row.body) for claim in again] == [("done", "2"), ("done", "1")]


async def test_a_key_that_names_no_caller_is_nobodys_for_its_day(database: Database) -> None:
    """As a process of the version before keeps it: what it did must not be done again, and what it answered is told to
    no one."""
    mine = idempotency.scope_key("key_a", "k")
    await kept(database, an_answer("k", owner="old"))
    other = idempotency.scope_key("key_a", "l")
    claims = await kept(database, an_answer(mine, owner="new"), an_answer(other, owner="2"))
    assert [claim.verdict for claim in claims] == ["unscoped", "ours"]
    begun = {"workspace": "ws_1", "method": "POST", "path": "/v1/events/fire", "fingerprint": "f", "owner": "o"}
    for now, verdict in ((later(hours=23), "unscoped"), (later(hours=25), "ours")):
        async with database.begin() as session:
            claim = await idempotency.start(
                session, **begun, key=mine, now=now, stale_before=now, forget_before=now - timedelta(hours=24)
            )
        assert claim.verdict == verdict
