"""Member management: invites people, changes their roles, deactivates and reactivates them. Each change is recorded in
AI History.

A member's standing begins when they join, and again with every new role. So nobody approves, as a second person, what
was asked before they had that role (``agent.runs.approval``).
"""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.api_keys
import store.accounts.logins
import store.accounts.members
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace import principals
from agent.workspace.admin import make_owner
from core import ids
from core.actor import Actor, check_owner
from core.clock import Clock
from core.confusables import make_skeleton
from core.crypto import passwords
from core.errors import Conflict, InvalidInput, NotFound
from store.accounts.members import MemberRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook

INVITATION: Final = timedelta(days=7)
"""How long an invitation can be accepted."""
_ROLE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_MAX_ADDRESS: Final = 320
_MAX_NAME: Final = 100
_TAKEN: Final = "Somebody here is called so already. Add what tells you apart."


@dataclass(frozen=True)
class Invited:
    """An invited person with their one-time token. The token is shown only now, and stored as a digest."""

    member: MemberRow
    token: str


@dataclass(frozen=True)
class MemberService:
    database: Database
    clock: Clock

    async def invite(
        self, by: Actor, *, email: str, role: str, in_transaction: TransactionHook[Invited] = no_hook
    ) -> Invited:
        """Invites ``email``: whoever holds the token may join. Raises Forbidden, InvalidInput, and Conflict for a known
        address."""
        check_owner(by, "invites people")
        email = email.strip()
        if not _ADDRESS.fullmatch(email) or len(email) > _MAX_ADDRESS or not email.isprintable():
            raise InvalidInput("Give the e-mail address of one person.")
        _check_role(role)
        now = self.clock()
        row = MemberRow(
            id=ids.make_id("mem"),
            workspace=by.workspace,
            email=email,
            name=email,
            role=role,
            state="invited",
            invited_by=by.person,
            created_at=now,
        )
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            await store.accounts.members.insert(session, row)
            token = secrets.token_urlsafe(32)
            row = await store.accounts.members.invite(
                session, by.workspace, row.id, token=token, expires_at=now + INVITATION, by=by.person
            )
            await recorder.record_act(
                session, by, EntryType.MEMBER_INVITED, now, member=row.id, email=email, role=role, again=False
            )
            await in_transaction(session, Invited(row, token))
        return Invited(row, token)

    async def invite_again(
        self, by: Actor, member_id: str, *, in_transaction: TransactionHook[Invited] = no_hook
    ) -> Invited:
        """Makes a new token for a person who has not joined yet. The old token is void. Raises Forbidden, NotFound,
        Conflict."""
        check_owner(by, "invites people")
        now, token = self.clock(), secrets.token_urlsafe(32)
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            row = await store.accounts.members.invite(
                session, by.workspace, member_id, token=token, expires_at=now + INVITATION, by=by.person
            )
            await recorder.record_act(
                session, by, EntryType.MEMBER_INVITED, now, member=row.id, email=row.email, role=row.role, again=True
            )
            await in_transaction(session, Invited(row, token))
        return Invited(row, token)

    async def join(self, token: str, *, name: str, password: str) -> MemberRow:
        """Accepts the invitation that the token stands for. Raises NotFound for a token that is unknown, used or
        expired, InvalidInput for an invalid name or password, and Conflict for a name that reads like another
        member's."""
        name, now = _check_name(name), self.clock()
        async with self.database.read() as session:
            if await store.accounts.members.by_invitation(session, token, now) is None:
                raise NotFound("This invitation is unknown, used or over: ask for a new one.")
        kept = await asyncio.to_thread(passwords.hash_password, password)
        async with self.database.begin() as session:
            row = await store.accounts.members.accept(session, token, name=name, password_hash=kept, now=now)
            if await has_namesake(session, row.workspace, row.id, name):
                raise Conflict(_TAKEN)
            await recorder.record_act(
                session,
                make_owner(row),
                EntryType.MEMBER_JOINED,
                now,
                member=row.id,
                email=row.email,
                role=row.role,
                invited_by=row.invited_by,
            )
        return row

    async def change_role(self, by: Actor, member_id: str, role: str, *, instead_of: str = "") -> MemberRow:
        """Changes a member's role and ends their sign-ins: a sign-in made in the old role does not carry over into the
        new one. ``instead_of`` is the role that the caller saw before the change. Raises Forbidden, NotFound,
        InvalidInput, and Conflict if no active owner would remain or the member has another role by now."""
        check_owner(by, "gives roles")
        _check_role(role)
        now = self.clock()
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            was = await store.accounts.members.get(session, by.workspace, member_id)
            if instead_of and was.role != instead_of:
                raise Conflict(f"Somebody gave them the role {was.role} meanwhile: look again, and choose.")
            if was.role == role:
                return was
            row = await store.accounts.members.set_role(session, by.workspace, member_id, role, at=now, by=by.person)
            ended = await store.accounts.logins.revoke_all(session, by.workspace, member_id, now)
            await recorder.record_act(
                session,
                by,
                EntryType.MEMBER_ROLE_CHANGED,
                now,
                member=row.id,
                email=row.email,
                was=was.role,
                role=role,
                logins=ended,
            )
        return row

    async def deactivate(self, by: Actor, member_id: str) -> MemberRow:
        """Ends a member's access: ends their sign-ins, revokes their keys and withdraws an open invitation. Raises
        Forbidden, NotFound, and Conflict if no active owner would remain."""
        check_owner(by, "deactivates members")
        now = self.clock()
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            row = await store.accounts.members.disable(session, by.workspace, member_id)
            logins = await store.accounts.logins.revoke_all(session, by.workspace, member_id, now)
            keys = await store.accounts.api_keys.revoke_of_person(session, by.workspace, member_id, now)
            await recorder.record_act(
                session, by, EntryType.MEMBER_DEACTIVATED, now, member=row.id, email=row.email, logins=logins, keys=keys
            )
        return row

    async def reactivate(self, by: Actor, member_id: str) -> MemberRow:
        """Lets a member sign in again with their former role and password. Their keys stay revoked. Raises Forbidden,
        NotFound, Conflict."""
        check_owner(by, "reactivates members")
        now = self.clock()
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            if (await store.accounts.members.get(session, by.workspace, member_id)).password_hash is None:
                raise Conflict("They have no password here yet: invite them again.")
            row = await store.accounts.members.enable(session, by.workspace, member_id, at=now, by=by.person)
            await recorder.record_act(
                session, by, EntryType.MEMBER_REACTIVATED, now, member=row.id, email=row.email, role=row.role
            )
        return row

    async def rename(self, by: Actor, name: str) -> None:
        """Changes one's own name. Raises InvalidInput for an invalid one, and Conflict for one that reads like another
        member's."""
        name, now = _check_name(name), self.clock()
        async with self.database.begin() as session:
            if await has_namesake(session, by.workspace, by.id, name):
                raise Conflict(_TAKEN)
            await store.accounts.members.set_name(session, by.workspace, by.id, name)
            await recorder.record_act(session, by, EntryType.MEMBER_RENAMED, now, member=by.id, name=name)

    async def change_password(
        self, by: Actor, password: str, *, login: str, in_transaction: TransactionHook[int] = no_hook
    ) -> None:
        """Changes one's own password. Every sign-in but ``login`` ends; ``in_transaction`` gets their number. The
        caller has already checked the current password. Raises InvalidInput for a weak password, and Forbidden if
        ``login`` has ended meanwhile: somebody who set another password ended it."""
        kept = await asyncio.to_thread(passwords.hash_password, password)
        now = self.clock()
        async with self.database.begin() as session:
            await principals.check_signed_in(session, by, login, now)
            await store.accounts.members.set_password(session, by.workspace, by.id, kept)
            ended = await store.accounts.logins.revoke_all(session, by.workspace, by.id, now, but=login)
            await recorder.record_act(session, by, EntryType.PASSWORD_CHANGED, now, member=by.id, logins=ended)
            await in_transaction(session, ended)

    async def reset_password(self, operator: Actor, member_id: str, password: str) -> None:
        """Sets a password for a member who has forgotten theirs, on the word of whoever runs this machine. Their
        sign-ins end, and their standing begins anew: they approve nothing, as a second person, that was asked before.
        Raises NotFound, InvalidInput for a weak password, and Conflict for somebody who can't sign in."""
        kept = await asyncio.to_thread(passwords.hash_password, password)
        now = self.clock()
        async with self.database.begin() as session:
            row = await store.accounts.members.get(session, operator.workspace, member_id)
            if row.state != "active":
                what = "invite them again" if row.state == "invited" else "reactivate them"
                raise Conflict(f"{row.email} is {row.state}: an owner can {what} in the console.")
            await store.accounts.members.reset_password(session, operator.workspace, member_id, kept, at=now)
            ended = await store.accounts.logins.revoke_all(session, operator.workspace, member_id, now)
            await recorder.record_act(
                session, operator, EntryType.PASSWORD_CHANGED, now, member=row.id, email=row.email, logins=ended
            )

    async def end_login(self, by: Actor, member_id: str, login_id: str) -> None:
        """Ends one sign-in: one's own or, for an owner, anybody's here. Raises Forbidden, NotFound."""
        await self._end(by, member_id, login_id=login_id)

    async def end_logins(self, by: Actor, member_id: str, *, but: str | None = None) -> None:
        """Ends all sign-ins except ``but``. Raises Forbidden, NotFound."""
        await self._end(by, member_id, but=but)

    async def _end(self, by: Actor, member_id: str, *, login_id: str | None = None, but: str | None = None) -> None:
        if member_id != by.id:
            check_owner(by, "ends the sign-ins of others")
        now = self.clock()
        async with self.database.begin() as session:
            await _check_still_owner(session, by, now)
            row = await store.accounts.members.get(session, by.workspace, member_id)
            if login_id is None:
                ended = await store.accounts.logins.revoke_all(session, by.workspace, member_id, now, but=but)
            else:
                ended = int(await store.accounts.logins.revoke_one(session, by.workspace, member_id, login_id, now))
                if not ended:
                    raise NotFound("There is no such sign-in that goes on.")
            if ended:
                await recorder.record_act(
                    session, by, EntryType.SIGNED_OUT_ELSEWHERE, now, member=row.id, email=row.email, logins=ended
                )


async def has_namesake(session: AsyncSession, workspace: str, member_id: str, name: str) -> bool:
    """Whether ``name`` reads like that of another member. Cards and AI History tell people by their names."""
    rows = await store.accounts.members.listed(session, workspace)
    others = {make_skeleton(each.name.casefold()) for each in rows if each.id != member_id}
    return make_skeleton(name.casefold()) in others


def _check_name(name: str) -> str:
    """A person's name without spaces around it. Raises InvalidInput."""
    name = name.strip()
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise InvalidInput(f"A name is one line of up to {_MAX_NAME} characters.")
    return name


async def _check_still_owner(session: AsyncSession, by: Actor, now: datetime) -> None:
    """Checks that ``by`` still acts as it was let in. Locks the owners before it reads anything. So if two owners
    demote each other, or a demoted owner asks for the role again, the second finds what the first did. Raises
    Forbidden."""
    await store.accounts.members.lock_owners(session, by.workspace)
    await principals.check_still_acts(session, by, now)


def _check_role(role: str) -> None:
    if not _ROLE.fullmatch(role):
        raise InvalidInput("A role is a lower-case word, as contracts list it.")
