"""Who somebody is *now*: roles are read again at every decision, never trusted from the time a request was typed."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

import store.keys
import store.members
from core.actor import Actor
from core.errors import NotFound


async def current(session: AsyncSession, actor: Actor) -> Actor | None:
    """The same principal with the role it has at this moment, or None when it may not act any more."""
    match actor.kind:
        case "member":
            try:
                member = await store.members.get(session, actor.workspace, actor.id)
            except NotFound:
                return None
            if member.state != "active":
                return None
            return Actor(actor.workspace, member.id, "member", member.name, member.role, member.id)
        case "key":
            try:
                key = await store.keys.get(session, actor.workspace, actor.id)
            except NotFound:
                return None
            if key.revoked_at is not None:
                return None
            return Actor(actor.workspace, key.id, "key", key.name, key.role, actor.person)
        case "identity" | "system":
            # Vouched for by the platform at the door; the assertion's own short life bounds it.
            return actor
