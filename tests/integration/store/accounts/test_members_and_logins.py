from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OWNER
from core.errors import Conflict, NotFound
from store import workspaces
from store.accounts import logins, members
from store.accounts.logins import Failures, LoginRow
from store.database import Database
from store.workspaces import WorkspaceRow
from tests.integration.store.rowmaking import AT, a_member, later


@pytest.fixture
async def container(database: Database) -> Database:
    async with database.begin() as session:
        await workspaces.insert(session, WorkspaceRow(id="ws_1", name="One", created_at=AT))
        await workspaces.insert(session, WorkspaceRow(id="ws_2", name="Two", created_at=later(days=1)))
        await members.insert(session, a_member("mem_1"))
    return database


async def sign_in(
    database: Database, token: str, *, replaces: str | None = None, n: int = 1, address: str = ""
) -> LoginRow:
    async with database.begin() as session:
        return await logins.start(
            session,
            login_id=f"ses_{token}",
            workspace="ws_1",
            member_id=f"mem_{n}",
            token=token,
            csrf="c",
            now=AT,
            expires_at=later(hours=8),
            replaces=replaces,
            address=address,
        )


async def test_workspaces_are_listed_and_changed(container: Database) -> None:
    async with container.begin() as session:
        assert [row.id for row in await workspaces.every_one(session)] == ["ws_1", "ws_2"]
        assert (await workspaces.change(session, "ws_1", name="Uno", settings='{"a":1}')).name == "Uno"
        assert (await workspaces.get(session, "ws_1")).settings == '{"a":1}'
        assert (await workspaces.change(session, "ws_1")).name == "Uno"
        with pytest.raises(NotFound):
            await workspaces.change(session, "ws_9", name="x")


async def test_an_address_is_a_member_once_whatever_its_case(container: Database) -> None:
    with pytest.raises(Conflict, match="e-mail"):
        async with container.begin() as session:
            await members.insert(session, a_member("mem_2", email=" MEM_1@Example.ORG"))
    async with container.begin() as session:
        await members.insert(session, a_member("mem_3", email="MEM_1@example.org", workspace="ws_2"))
        assert [row.id for row in await members.by_email(session, "mem_1@EXAMPLE.org ")] == ["mem_1", "mem_3"]
        assert [row.id for row in await members.listed(session, "ws_2")] == ["mem_3"]


async def test_another_workspace_sees_and_changes_no_member(container: Database) -> None:
    async with container.begin() as session:
        for attempt in (
            members.get(session, "ws_2", "mem_1"),
            members.set_password(session, "ws_2", "mem_1", "hash"),
            members.set_role(session, "ws_2", "mem_1", "admin", at=AT, by=None),
            members.disable(session, "ws_2", "mem_1"),
        ):
            with pytest.raises(NotFound):
                await attempt


async def test_an_invitation_works_once_and_only_in_time(container: Database) -> None:
    async with container.begin() as session:
        await members.insert(session, a_member("mem_2", state="invited", role="admin"))
        await members.invite(session, "ws_1", "mem_2", token="old", expires_at=later(days=7), by=None)
        await members.invite(session, "ws_1", "mem_2", token="new", expires_at=later(days=7), by=None)
        assert await members.by_invitation(session, "old", AT) is None
        assert await members.by_invitation(session, "new", later(days=7)) is None
        found = await members.by_invitation(session, "new", AT)
        assert found is not None
        assert found.id == "mem_2"
        with pytest.raises(NotFound):
            await members.accept(session, "new", name="Ada", password_hash="h", now=later(days=8))
        assert (await members.accept(session, "new", name="Ada", password_hash="h", now=AT)).state == "active"
        with pytest.raises(NotFound):
            await members.accept(session, "new", name="Ada", password_hash="other", now=AT)
        with pytest.raises(Conflict, match="active"):
            await members.invite(session, "ws_1", "mem_2", token="x", expires_at=later(days=7), by=None)


async def test_no_token_is_stored_as_it_is(container: Database) -> None:
    await sign_in(container, "tok-login-secret")
    async with container.begin() as session:
        await members.insert(session, a_member("mem_2", state="invited"))
        await members.invite(session, "ws_1", "mem_2", token="tok-invite-secret", expires_at=later(days=7), by=None)
        for name in ("logins", "members"):
            # The login's id is made of the token by this test.
            rows = (await session.execute(text(f"SELECT * FROM {name}"))).mappings().all()
            assert not [row for row in rows for key, value in row.items() if key != "id" and "secret" in str(value)]


async def active_owners(session: AsyncSession) -> int:
    return sum(each.role == OWNER and each.state == "active" for each in await members.listed(session, "ws_1"))


async def test_the_last_active_owner_keeps_role_and_access(container: Database) -> None:
    async with container.begin() as session:
        await members.insert(session, a_member("mem_2", state="disabled"))
        with pytest.raises(Conflict, match="owner"):
            await members.disable(session, "ws_1", "mem_1")
        with pytest.raises(Conflict, match="owner"):
            await members.set_role(session, "ws_1", "mem_1", "admin", at=AT, by=None)
        await members.enable(session, "ws_1", "mem_2", at=AT, by=None)
        assert (await members.set_role(session, "ws_1", "mem_1", "admin", at=AT, by=None)).role == "admin"
        assert await active_owners(session) == 1
        with pytest.raises(Conflict):
            await members.enable(session, "ws_1", "mem_2", at=AT, by=None)


async def test_two_owners_who_disable_each_other_at_once_leave_one(container: Database) -> None:
    async with container.begin() as session:
        await members.insert(session, a_member("mem_2"))

    both_began = asyncio.Barrier(2)

    async def disable(member_id: str) -> bool:
        try:
            async with container.begin() as session:
                if container.dialect == "postgresql":  # SQLite lets one in after the other
                    await both_began.wait()
                await members.disable(session, "ws_1", member_id)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(disable("mem_1"), disable("mem_2"))) == [False, True]
    async with container.read() as session:
        assert await active_owners(session) == 1


async def test_when_a_member_was_seen_and_their_password_are_kept(container: Database) -> None:
    async with container.begin() as session:
        await members.touch(session, "ws_1", "mem_1", later(hours=1))
        await members.set_password(session, "ws_1", "mem_1", "hash")
        row = await members.get(session, "ws_1", "mem_1")
        assert (row.last_seen_at, row.password_hash) == (later(hours=1), "hash")


async def test_a_login_lives_until_it_is_over_idle_or_revoked(container: Database) -> None:
    await sign_in(container, "t1")
    async with container.begin() as session:
        assert await logins.get_active(session, "other", AT) is None
        assert await logins.get_active(session, "t1", later(hours=8)) is None
        assert await logins.get_active(session, "t1", later(hours=2), seen_since=later(hours=1)) is None
        await logins.touch(session, "ses_t1", later(hours=2))
        found = await logins.get_active(session, "t1", later(hours=2), seen_since=later(hours=1))
        assert found is not None
        assert found.member_id == "mem_1"
        assert await logins.revoke(session, "t1", AT)
        assert not await logins.revoke(session, "t1", AT)
        assert await logins.get_active(session, "t1", AT) is None


async def test_signing_in_ends_the_token_the_browser_held(container: Database) -> None:
    await sign_in(container, "t1")
    await sign_in(container, "t2", replaces="t1")
    async with container.read() as session:
        assert await logins.get_active(session, "t1", AT) is None
        assert [row.id for row in await logins.of_member(session, "ws_1", "mem_1", AT)] == ["ses_t2"]


async def test_every_login_of_a_member_but_the_present_one_can_be_ended(container: Database) -> None:
    async with container.begin() as session:
        await members.insert(session, a_member("mem_2"))
    for token, n in (("t1", 1), ("t2", 1), ("t3", 2)):
        await sign_in(container, token, n=n)
    async with container.begin() as session:
        assert await logins.revoke_all(session, "ws_1", "mem_1", AT, but="ses_t2") == 1
        assert await logins.get_active(session, "t2", AT) is not None
        assert await logins.get_active(session, "t3", AT) is not None
        assert await logins.revoke_all(session, "ws_2", "mem_1", AT) == 0
        assert await logins.revoke_all(session, "ws_1", "mem_1", AT) == 1


async def test_failed_sign_ins_count_by_each_subject_within_a_window(container: Database) -> None:
    async with container.begin() as session:
        for minute, account in enumerate(["ada", "ada", "bob"]):
            subjects: list[tuple[logins.FailureScope, str]] = [
                ("pair", f"192.0.2.1 {account}"), ("email", account), ("ip", "192.0.2.1"),
            ]  # fmt: skip
            await logins.record_failure(session, subjects, later(minutes=minute))
        assert await logins.failures(session, "pair", "192.0.2.1 ada", AT) == Failures(2, later(minutes=1))
        assert await logins.failures(session, "email", "ada", later(minutes=1)) == Failures(1, later(minutes=1))
        assert await logins.failures(session, "ip", "192.0.2.1", AT) == Failures(3, later(minutes=2))
        assert await logins.failures(session, "ip", "192.0.2.2", AT) == Failures(0, None)
        await logins.forgive(session, "pair", "192.0.2.1 ada")
        assert await logins.failures(session, "pair", "192.0.2.1 ada", AT) == Failures(0, None)
        assert (await logins.failures(session, "email", "ada", AT)).count == 2
        assert (await logins.failures(session, "ip", "192.0.2.1", AT)).count == 3


async def test_where_a_member_has_signed_in_from_is_known_of_them_alone(container: Database) -> None:
    await sign_in(container, "t1", address="192.0.2.7")
    await sign_in(container, "t2", address="192.0.2.7")
    await sign_in(container, "t3", address="2001:db8::1")
    async with container.read() as session:
        assert sorted(await logins.addresses_of(session, "ws_1", "mem_1")) == ["192.0.2.7", "2001:db8::1"]
        assert await logins.addresses_of(session, "ws_1", "mem_2") == []


async def test_what_ended_long_ago_is_purged(container: Database) -> None:
    await sign_in(container, "t1")
    await sign_in(container, "t2")
    async with container.begin() as session:
        await logins.revoke(session, "t1", AT)
        await logins.record_failure(session, [("email", "a"), ("ip", "192.0.2.1")], AT)
        assert await logins.purge(session, AT) == 0
        assert await logins.purge(session, later(seconds=1)) == 3
        assert await logins.get_active(session, "t2", AT) is not None
