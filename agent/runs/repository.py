"""Run repository: changes a run's document and its indexed columns in one conditional update."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.runs
from agent.history.recorder import find_highest_risk
from agent.pipeline import RunState
from agent.runs.run import Run
from agent.workspace import authority
from core.actor import Actor
from core.errors import Unavailable
from store.runs.runs import RunRow

log = logging.getLogger(__name__)


async def insert(session: AsyncSession, run: Run) -> None:
    await store.runs.runs.insert(
        session,
        RunRow(
            id=run.id,
            workspace=run.workspace,
            session_id=run.session_id,
            actor_id=run.actor.id,
            person=run.actor.person,
            role=run.actor.role,
            surface=run.surface,
            text=run.text,
            state=run.state,
            actions="",
            plan_digest=None,
            expires_at=None,
            created_at=run.created_at,
            updated_at=run.updated_at,
            revision=run.revision,
            document=run.model_dump_json(),
            thread_id=run.thread,
        ),
    )


async def get(session: AsyncSession, workspace: str, run_id: str) -> Run:
    """Reads a run. Raises NotFound for another workspace's run as for no run."""
    return read_row(await store.runs.runs.get(session, workspace, run_id))


async def move(session: AsyncSession, run: Run, *, was: Collection[RunState]) -> Run:
    """Stores ``run`` (with its new ``state``) if its row still has the revision that was read and a state in ``was``.
    Returns the run at its new revision. Raises Conflict if another change was faster."""
    row = await store.runs.runs.move(
        session,
        run.workspace,
        run.id,
        was=was,
        to=run.state,
        revision=run.revision,
        fixed={
            "session_id": run.session_id,
            "actor_id": run.actor.id,
            "person": run.actor.person,
            "surface": run.surface,
        },
        role=run.actor.role,  # the requester may have another role by the time it is planned again
        actions=" ".join(run.actions),
        risk=find_highest_risk(run.plan) or "",
        plan_digest=run.digest,
        expires_at=run.expires_at,
        updated_at=run.updated_at,
        document=run.model_dump_json(),
    )
    return run.with_(revision=row.revision)


def read_row(row: RunRow) -> Run:
    """Reads a run's stored document. Raises Unavailable if another version of OpsIQ stored it in a form that this one
    can't read."""
    try:
        run = Run.model_validate_json(row.document)
    except ValidationError as error:
        raise Unavailable(
            f"The request {row.id} was stored by another version of OpsIQ, in a form that this one can't read. "
            "Ask a server of that version, or bring this one up to it."
        ) from error
    return run.with_(state=row.state, revision=row.revision, phase=row.phase)


def list_readable(rows: Iterable[RunRow]) -> list[Run]:
    """The runs of a list that this version can read. An unreadable row doesn't hide the others."""
    made: list[Run] = []
    for row in rows:
        try:
            made.append(read_row(row))
        except Unavailable as error:
            log.error("left out of a list: %s", error.detail, extra={"run_id": row.id, "workspace": row.workspace})
    return made


async def list_thread(
    session: AsyncSession, actor: Actor, run: Run, *, until: datetime | None = None, limit: int
) -> list[Run]:
    """The newest runs of its thread that the actor may continue, on its surface, oldest first."""
    rows = await store.runs.runs.of_thread(
        session,
        run.workspace,
        run.thread,
        person=actor.person,
        role=actor.role,
        surface=run.surface,
        until=until,
        limit=limit,
    )
    return [each for each in list_readable(rows) if authority.continues(actor, run.surface, each)]
