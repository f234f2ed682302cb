"""A database is sealed once, at the first start that can; from then on what OpsIQ did not write is refused, on SQLite
and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import store.accounts.api_keys
import store.accounts.members
import store.contracts
import store.history.log
from agent.history import integrity, sealing
from agent.history.recorder import EntryType, record_act
from agent.workspace.admin import make_owner
from agent.workspace.data_keys import open_keyring
from app.container import open_container
from core.clock import utc_now
from core.crypto.secretbox import SecretBox
from core.errors import BadSetting, Conflict, NotAuthentic
from core.settings import Settings
from store import data_keys
from store.database import Database
from store.history.authenticity import SEALED
from store.rows import table

TABLES = sorted({table(kind).name for kind in SEALED} | {"contract_generations"})


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Settings:
    return replace(Settings.load({"OPSIQ_DATA": str(tmp_path), "OPSIQ_DATABASE_URL": database_url}), workers=0)


async def founded(settings: Settings) -> str:
    async with open_container(settings) as it:
        owner = await it.workspace_admin.create_workspace(
            "Town", email="o@town.example", person="olivia", password="a long password"
        )
        await it.workspace_admin.add_member(
            owner, email="s@town.example", person="sara", role="support", password="a long password"
        )
        await it.key_admin.create_key(owner, "terminal", scopes=["me:read"])
        await it.runs.ask(owner, "do something", session_id="s")
    return owner.workspace


async def change(settings: Settings, *statements: str) -> None:
    """Somebody with the database and without a key."""
    database = await Database.open(settings.database_url)
    try:
        async with database.begin() as session:
            for each in statements:
                await session.execute(text(each))
    finally:
        await database.close()


async def made_older(settings: Settings) -> None:
    """The database as the version before this one left it: no codes, data keys wrapped as they were then, no file
    beside data.key."""
    await change(
        settings, *(f"UPDATE {name} SET mac = NULL" for name in TABLES), "UPDATE history_heads SET generation = 0"
    )
    database = await Database.open(settings.database_url)
    async with database.begin() as session:
        for row in await data_keys.listed(session):
            key = SecretBox(settings.data_key).open(row.wrapped, context=f"data-key:{row.id}:sealed")
            old = SecretBox(settings.data_key).seal(key, context=f"data-key:{row.id}")
            await data_keys.rewrap(session, row.id, was=row.wrapped, wrapped=old)
    await database.close()
    settings.sealed_file.unlink(missing_ok=True)


async def report(settings: Settings, workspace: str) -> integrity.Report:
    async with open_container(settings) as it, it.database.read() as session:
        return await integrity.examine(session, workspace)


async def test_a_database_from_before_is_sealed_at_its_first_start_and_never_again(settings: Settings) -> None:
    workspace = await founded(settings)
    await made_older(settings)
    assert (await report(settings, workspace)).ok
    await change(settings, "UPDATE members SET mac = NULL, role = 'owner' WHERE name = 'sara'")
    settings.sealed_file.unlink()
    found = await report(settings, workspace)
    assert any(" of members was written by something other" in each for each in found.problems)
    async with open_container(settings) as it:
        async with it.database.read() as session:
            assert [row.name for row in await store.accounts.members.listed(session, workspace)] == ["olivia"]
        async with it.database.begin() as session:
            (sara,) = (await session.execute(text("SELECT id FROM members WHERE name = 'sara'"))).scalars()
            with pytest.raises(NotAuthentic):
                await store.accounts.members.set_password(session, workspace, sara, "laundered")


async def test_no_key_is_made_beside_a_database_whose_own_is_missing(settings: Settings) -> None:
    await founded(settings)
    kept = settings.key_file.read_bytes()
    settings.key_file.unlink()
    with pytest.raises(BadSetting, match=r"is not here\. Put it back"):
        async with open_container(replace(settings)):
            pass
    assert not settings.key_file.exists()
    settings.key_file.write_bytes(kept)
    settings.key_file.chmod(0o600)
    async with open_container(replace(settings)):
        pass


@pytest.mark.parametrize("known_by", ["file", "setting"])
async def test_a_copy_from_before_it_was_sealed_is_refused_until_it_is_accepted(
    settings: Settings, known_by: str
) -> None:
    workspace = await founded(settings)
    await made_older(settings)
    if known_by == "file":
        settings.sealed_file.write_text("")
    else:
        settings = replace(settings, sealed=True)
    with pytest.raises(BadSetting, match="opsiq seal --accept"):
        await report(settings, workspace)
    database = await Database.open(settings.database_url)
    await sealing.accept(database, settings, utc_now)
    await database.close()
    assert (await report(settings, workspace)).ok


async def test_many_that_start_at_once_seal_one_database_once(settings: Settings) -> None:
    workspace = await founded(settings)
    await made_older(settings)

    async def start() -> SecretBox:
        database = await Database.open(settings.database_url)
        try:
            return await sealing.open_sealed(database, settings, utc_now)
        finally:
            await database.close()

    await asyncio.gather(*(start() for _ in range(4)))
    assert (await report(settings, workspace)).ok


async def test_a_new_database_is_sealed_from_the_start_one_without_data_keys_is_refused(
    settings: Settings,
) -> None:
    await founded(settings)
    database = await Database.open(settings.database_url)
    assert (await open_keyring(database, settings.data_keys, utc_now)).sealed
    await database.close()
    await change(settings, "DELETE FROM data_keys")
    with pytest.raises(BadSetting, match="were taken out"):
        await report(settings, "any")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE members SET role = 'owner' WHERE name = 'sara'", " of members was written"),
        ("UPDATE members SET invited_by = id WHERE name = 'sara'", " of members was written"),
        ("UPDATE keys SET scopes = 'me:read keys:write'", " of keys was written"),
        ("UPDATE runs SET state = 'confirmed'", " of runs was written"),
        ("UPDATE runs SET document = document || ' '", " of runs was written"),
        ("UPDATE signing_keys SET public = 'mine'", " of signing_keys was written"),
        ("UPDATE contract_generations SET n = n + 1", "No contract is in force"),
        ("UPDATE history_heads SET seq = seq - 1", "stands after the recorded end"),
        ("UPDATE history_days SET n = n + 1", "What was counted for"),
        ("DELETE FROM keys", "was taken out"),
    ],
)
async def test_what_was_written_into_the_database_is_named(settings: Settings, statement: str, told: str) -> None:
    workspace = await founded(settings)
    assert (await report(settings, workspace)).ok
    if "history_days" in statement:
        async with open_container(settings) as it, it.database.begin() as session:
            await store.history.log.append(
                session,
                workspace=workspace,
                kind="finished",
                run_id=None,
                actor={"id": "x"},
                data={},
                at=utc_now(),
                outcome="succeeded",
            )
    await change(settings, statement)
    found = await report(settings, workspace)
    assert not found.ok
    assert told in found.why, found


async def test_legitimate_changes_keep_every_row_authentic(settings: Settings) -> None:
    workspace = await founded(settings)
    async with open_container(settings) as it:
        async with it.database.read() as session:
            by_name = {row.name: row for row in await store.accounts.members.listed(session, workspace)}
            (key,) = await store.accounts.api_keys.listed(session, workspace)
        olivia = make_owner(by_name["olivia"])
        sara = by_name["sara"].id
        await it.member_service.change_role(olivia, sara, "admin")
        await it.member_service.deactivate(olivia, sara)
        await it.member_service.reactivate(olivia, sara)
        invited = await it.member_service.invite(olivia, email="n@town.example", role="support")
        await it.member_service.join(invited.token, name="nora", password="a long password")
        again = await it.member_service.invite(olivia, email="m@town.example", role="support")
        await it.member_service.invite_again(olivia, again.member.id)
        await it.member_service.deactivate(olivia, again.member.id)
        await it.key_admin.rotate_key(olivia, key.id, within=["me:read"])
        await it.key_admin.revoke_key(olivia, key.id)
        with pytest.raises(Conflict):
            await it.key_admin.rotate_key(olivia, key.id, within=["me:read"])
        async with it.database.begin() as session:
            await store.accounts.members.touch(session, workspace, sara, utc_now())
            await record_act(session, olivia, EntryType.SIGNED_IN, utc_now())
    assert (found := await report(settings, workspace)).ok, found


@pytest.mark.parametrize(
    "statement",
    ["UPDATE contracts SET state = 'retired' WHERE name = 'demo.one'", "UPDATE contracts SET signature = 'mine'"],
)
async def test_what_was_written_among_the_contracts_is_not_made_good_by_the_next_change(
    settings: Settings, statement: str
) -> None:
    workspace = await founded(settings)

    def contract(name: str) -> dict[str, Any]:
        return {
            "schema": "opsiq/contract/v1", "name": f"demo.{name}", "version": 1, "title": f"Do {name}",
            "description": f"Does thing {name}.",
            "roles": ["owner"], "risk": "write", "examples": [f"do thing {name} now"], "surfaces": ["admin"],
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["n"],
                "properties": {"n": {"type": "integer", "description": "Which.", "minimum": 1, "maximum": 9}},
            },
            "endpoint": {"url": "https://demo.example/act"},
        }  # fmt: skip

    async with open_container(settings) as it:
        async with it.database.read() as session:
            olivia = next(
                row for row in await store.accounts.members.listed(session, workspace) if row.name == "olivia"
            )
        await it.contract_admin.register(make_owner(olivia), [contract("one"), contract("two")])
        assert len((await it.contexts.of(workspace)).catalogue) == 2
    assert (found := await report(settings, workspace)).ok, found
    await change(settings, statement)
    async with open_container(settings) as it:
        with pytest.raises(NotAuthentic):
            await it.contract_admin.register(make_owner(olivia), [contract("three")])
        with pytest.raises(NotAuthentic):
            await it.contract_admin.retire(make_owner(olivia), "demo.two")
        assert len((await it.contexts.of(workspace)).catalogue) == 0
    assert not (await report(settings, workspace)).ok


async def test_a_process_of_the_version_before_writes_nothing_once_a_newer_one_has_sealed(settings: Settings) -> None:
    """It would leave an end of history whose code does not fit, and nothing could be written any more."""
    workspace = await founded(settings)
    with pytest.raises(DBAPIError, match="older version"):
        await change(settings, "UPDATE history_heads SET seq = seq + 1, digest = 'sha256:next'")
    assert (await report(settings, workspace)).ok


async def test_an_append_without_keys_to_a_sealed_history_is_refused(settings: Settings) -> None:
    workspace = await founded(settings)
    database = await Database.open(settings.database_url)
    try:
        async with database.begin() as session:
            with pytest.raises(RuntimeError, match="no keys"):
                await store.history.log.append(
                    session, workspace=workspace, kind="k", run_id=None, actor={"id": "x"}, data={}, at=utc_now()
                )
    finally:
        await database.close()
