"""Current principals: every decision reads roles from the database. A role from the time of the request is never
trusted."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.api_keys
import store.accounts.members
from core.actor import OWNER, Actor, Mode
from core.errors import Forbidden, NotAuthentic, NotFound
from store.accounts.api_keys import KeyRow
from store.accounts.members import MemberRow


async def find_current_actor(session: AsyncSession, actor: Actor, now: datetime) -> Actor | None:
    """The same principal with the role it has at ``now``. None if it may not act any more, or if its row was not
    written by OpsIQ."""
    match actor.kind:
        case "member":
            try:
                member = await store.accounts.members.get(session, actor.workspace, actor.id)
            except (NotFound, NotAuthentic):
                return None
            return make_member_actor(member)
        case "key":
            try:
                key = await store.accounts.api_keys.get(session, actor.workspace, actor.id)
                holder = await store.accounts.members.get(session, key.workspace, key.person)
            except (NotFound, NotAuthentic):
                return None
            return make_key_actor(key, holder, now)
        case "identity" | "system":
            # The platform vouched for them when they were authenticated. The assertion is short-lived.
            return actor


async def explain_lost_access(session: AsyncSession, actor: Actor, now: datetime) -> str:
    """Why a principal that ``find_current_actor`` no longer finds may not act, as a sentence."""
    if actor.kind == "key":
        with suppress(NotFound, NotAuthentic):
            key = await store.accounts.api_keys.get(session, actor.workspace, actor.id)
            holder = await store.accounts.members.get(session, key.workspace, key.person)
            if blocked := explain_blocked_key(key, holder, now):
                return blocked
    return f"{actor.name} may no longer act here."


async def reads_runs(session: AsyncSession, actor: Actor) -> bool:
    """Whether a principal may read other runs than its own, as far as a key's scopes decide that."""
    if actor.kind != "key":
        return True
    return "runs:read" in (await store.accounts.api_keys.get(session, actor.workspace, actor.id)).scopes.split()


async def check_still_acts(session: AsyncSession, actor: Actor, now: datetime, *keys: str) -> None:
    """Checks that a principal still has the role it was authenticated with. Raises Forbidden if ``actor`` does not act
    at ``now`` with that role.

    Time passes between authentication and the transaction of an act: a password is checked, a body is read, a lock is
    awaited. Whoever was demoted, deactivated or revoked in that time can do nothing.

    Until the transaction ends, the member is locked, and so is the key if ``actor`` is one. The ``keys`` that a key's
    act is about are locked with it, in one order: two keys that revoke each other would deadlock else.
    """
    if actor.kind not in ("member", "key"):
        return
    with suppress(NotFound, NotAuthentic):  # find_current_actor reports it below
        await store.accounts.members.hold(session, actor.workspace, actor.person)
    if own := (actor.id,) if actor.kind == "key" else ():
        await store.accounts.api_keys.hold(session, actor.workspace, *own, *keys)
    current = await find_current_actor(session, actor, now)
    if current is None or current.role != actor.role:
        raise Forbidden("Your access here has changed meanwhile, so nothing was done.")


async def find_standing_since(session: AsyncSession, actor: Actor) -> datetime | None:
    """Since when a member has had their role here. None for another principal, and for a member who isn't there."""
    if actor.kind != "member":
        return None
    with suppress(NotFound):
        return (await store.accounts.members.get(session, actor.workspace, actor.id)).standing_since
    return None


def make_member_actor(member: MemberRow) -> Actor | None:
    """The principal of a member, or None for one who isn't active."""
    if member.state != "active":
        return None
    return Actor(member.workspace, member.id, "member", member.name, member.role, member.id)


def make_key_actor(key: KeyRow, member: MemberRow | None, now: datetime) -> Actor | None:
    """The principal of a key. None if the key is revoked or expired, if its member is not active, or if its member no
    longer has the key's role. An owner may hold a key of any role."""
    if member is None or explain_blocked_key(key, member, now):
        return None
    # The public part names the mode too, and the secret opens only for that public part. So changing the column makes
    # no live key.
    mode: Mode = "live" if key.mode == "live" and key.public.startswith("pk_live_") else "test"
    return Actor(key.workspace, key.id, "key", key.name, key.role, key.person, mode)


def explain_blocked_key(key: KeyRow, member: MemberRow | None, now: datetime) -> str:
    """Why a key may not act at ``now``, as a sentence. Empty if it may. ``member`` is its maker."""
    if not key.secrets(now):
        return f"The key “{key.name}” is {key.state(now)}."
    if member is None or member.state != "active":
        return f"The key “{key.name}” is of somebody who is no active member."
    if member.role not in (key.role, OWNER):
        return f"The key “{key.name}” acts as {key.role}, and {member.name}, who made it, is {member.role} now."
    return ""
