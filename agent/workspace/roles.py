"""Roles that a workspace can give: the owner's, the evaluator's, and those of its members and contracts."""

from __future__ import annotations

from collections.abc import Collection

import store.accounts.members
from agent.workspace.context import WorkspaceContexts
from core.actor import EVALUATOR, OWNER
from core.errors import Finding, InvalidInput
from store.accounts.members import MemberRow
from store.database import Database


async def list_assignable_roles(
    contexts: WorkspaceContexts, workspace: str, members: Collection[MemberRow]
) -> list[str]:
    roles = {OWNER, EVALUATOR, *(each.role for each in members)}
    return sorted(roles | {role for each in (await contexts.of(workspace)).catalogue for role in each.roles})


async def check_role(contexts: WorkspaceContexts, database: Database, workspace: str, role: str) -> None:
    """Checks that a role exists. Raises InvalidInput for a role that no member has and no contract lists; the message
    names the existing roles."""
    async with database.read() as session:
        members = await store.accounts.members.listed(session, workspace)
    known = await list_assignable_roles(contexts, workspace, members)
    if role not in known:
        detail = f"Nobody here has the role {role!r} and no contract lists it. Roles are: {', '.join(known)}."
        raise InvalidInput(detail, findings=[Finding("/role", "unknown_role", detail)])
