"""Automations: rules (a contract with mapped parameters), instructions (words that a resolver plans), and their results
for each event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Index, and_, delete, func, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.rows import Row, add, add_new, amend, every, first, table
from store.runs.runs import RunRow


class RuleRow(Row, table=True):
    """Rule. ``parameters`` is JSON (parameter → pointer or constant), ``author`` the actor it acts as, as JSON.
    ``mode``: on, shadow, off."""

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_workspace", "workspace", "created_at", "id"),)

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "name", "pattern", "condition", "contract", "surface", "parameters", "mode", "max_per_hour",
        "author", "created_at", "revision",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str
    name: str
    pattern: str
    condition: str = ""
    contract: str
    surface: str
    parameters: str
    mode: str
    max_per_hour: int
    author: str
    note: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    revision: int = 1
    overruns: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often its condition was stopped for exceeding its limit, since the rule was last changed."""
    parked: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """Why it was switched off automatically. Empty if it was not."""
    mac: str | None = None


class InstructionRow(Row, table=True):
    """Instruction. ``contracts`` are names joined by spaces. ``unattended_by`` is the owner who allowed writes without
    a card, or empty."""

    __tablename__ = "instructions"
    __table_args__ = (Index("ix_instructions_workspace", "workspace", "created_at", "id"),)

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "name", "pattern", "text", "contracts", "surface", "mode", "max_per_hour", "unattended_by",
        "author", "created_at", "revision",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str
    name: str
    pattern: str
    text: str
    contracts: str
    surface: str
    mode: str
    max_per_hour: int
    unattended_by: str = ""
    author: str
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    revision: int = 1
    mac: str | None = None


class FiringRow(Row, table=True):
    """Result of one rule or instruction (``source``) for one event. ``verdict``: run, shadow, unmet, over_limit, untold
    (its condition could not be evaluated). ``document`` is JSON: what shadow mode would have planned."""

    __tablename__ = "rule_firings"
    __table_args__ = (
        Index("ix_rule_firings_source_at", "workspace", "source", "at"),
        Index("ix_rule_firings_run", "workspace", "run_id"),
    )

    source: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True, foreign_key="events.id")
    workspace: str
    at: datetime = Field(sa_type=UtcTime)
    verdict: str
    run_id: str | None = None
    detail: str = ""
    document: str = ""


_RULE = table(RuleRow)
_INSTRUCTION = table(InstructionRow)
_F = table(FiringRow)
_RUN = table(RunRow)
LOST_VERDICTS = ("over_limit", "untold")
LOST_RUNS = ("refused", "abstained", "failed", "unknown", "expired")
"""States of a run that an event made and that brought nothing, though no person decided so."""


def is_lost() -> ColumnElement[bool]:
    """Whether a firing brought nothing though its rule or instruction was meant to act."""
    lost_run = select(_RUN.c.id).where(_RUN.c.id == _F.c.run_id, _RUN.c.state.in_(LOST_RUNS)).exists()
    return or_(_F.c.verdict.in_(LOST_VERDICTS), lost_run)


async def insert_rule(session: AsyncSession, row: RuleRow) -> RuleRow:
    return await add(session, row)


async def rule(session: AsyncSession, workspace: str, rule_id: str) -> RuleRow:
    """Reads one rule. Raises NotFound, also for another workspace's rule."""
    row = await first(session, RuleRow, select(_RULE).where(_RULE.c.id == rule_id, _RULE.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such rule in this workspace.")
    return row


async def rules(session: AsyncSession, workspace: str, *, modes: Collection[str] = ()) -> list[RuleRow]:
    """Every rule, oldest first."""
    mine = select(_RULE).where(_RULE.c.workspace == workspace)
    if modes:
        mine = mine.where(_RULE.c.mode.in_(tuple(modes)))
    return await every(session, RuleRow, mine.order_by(_RULE.c.created_at, _RULE.c.id))


async def change_rule(session: AsyncSession, row: RuleRow, **columns: Any) -> RuleRow:
    """Changes a rule. Raises Conflict if it was changed since ``row`` was read."""
    same = and_(_RULE.c.workspace == row.workspace, _RULE.c.revision == row.revision)
    fresh = {"overruns": 0, "parked": "", **columns, "revision": row.revision + 1}
    changed = await amend(session, row, fresh, same)
    if changed is None:
        raise Conflict("Somebody changed this rule meanwhile: read it again.")
    return changed


async def count_overrun(session: AsyncSession, row: RuleRow) -> int:
    """Counts that the rule's condition was stopped. Returns the new count, or 0 if the rule is gone."""
    mine = and_(_RULE.c.id == row.id, _RULE.c.workspace == row.workspace)
    statement = update(_RULE).where(mine).values(overruns=_RULE.c.overruns + 1).returning(_RULE.c.overruns)
    return (await session.execute(statement)).scalar_one_or_none() or 0


async def park_rule(session: AsyncSession, row: RuleRow, why: str, at: datetime) -> bool:
    """Switches a rule off and stores why. False if it is off already, is gone, or was changed since ``row`` was
    read."""
    same = and_(_RULE.c.workspace == row.workspace, _RULE.c.revision == row.revision, _RULE.c.mode != "off")
    off = {"mode": "off", "parked": why[:1000], "updated_at": at, "revision": row.revision + 1}
    return await amend(session, row, off, same) is not None


async def delete_rule(session: AsyncSession, workspace: str, rule_id: str) -> None:
    """Deletes a rule. Its results are kept. Raises NotFound."""
    gone = delete(_RULE).where(_RULE.c.id == rule_id, _RULE.c.workspace == workspace).returning(_RULE.c.id)
    if (await session.execute(gone)).first() is None:
        raise NotFound("There is no such rule in this workspace.")


async def insert_instruction(session: AsyncSession, row: InstructionRow) -> InstructionRow:
    return await add(session, row)


async def instruction(session: AsyncSession, workspace: str, instruction_id: str) -> InstructionRow:
    """Reads one instruction. Raises NotFound, also for another workspace's instruction."""
    mine = select(_INSTRUCTION).where(_INSTRUCTION.c.id == instruction_id, _INSTRUCTION.c.workspace == workspace)
    row = await first(session, InstructionRow, mine)
    if row is None:
        raise NotFound("There is no such instruction in this workspace.")
    return row


async def instructions(session: AsyncSession, workspace: str, *, modes: Collection[str] = ()) -> list[InstructionRow]:
    """Every instruction, oldest first."""
    mine = select(_INSTRUCTION).where(_INSTRUCTION.c.workspace == workspace)
    if modes:
        mine = mine.where(_INSTRUCTION.c.mode.in_(tuple(modes)))
    return await every(session, InstructionRow, mine.order_by(_INSTRUCTION.c.created_at, _INSTRUCTION.c.id))


async def change_instruction(session: AsyncSession, row: InstructionRow, **columns: Any) -> InstructionRow:
    """Updates an instruction. Raises Conflict if it was changed since ``row`` was read."""
    mine = _INSTRUCTION.c
    same = and_(mine.workspace == row.workspace, mine.revision == row.revision)
    changed = await amend(session, row, {**columns, "revision": row.revision + 1}, same)
    if changed is None:
        raise Conflict("Somebody changed this instruction meanwhile: read it again.")
    return changed


async def delete_instruction(session: AsyncSession, workspace: str, instruction_id: str) -> None:
    """Deletes an instruction. Its results are kept. Raises NotFound."""
    mine = and_(_INSTRUCTION.c.id == instruction_id, _INSTRUCTION.c.workspace == workspace)
    if (await session.execute(delete(_INSTRUCTION).where(mine).returning(_INSTRUCTION.c.id))).first() is None:
        raise NotFound("There is no such instruction in this workspace.")


async def insert_firing(session: AsyncSession, row: FiringRow) -> bool:
    """Inserts the result of one event. Returns False and writes nothing if this source has already handled the
    event."""
    return await add_new(session, row)


async def firings(
    session: AsyncSession, workspace: str, source: str, *, before: str | None = None, limit: int = 50
) -> list[FiringRow]:
    """Results of a source, newest first. ``before`` is the last event id of the previous page."""
    mine = select(_F).where(_F.c.workspace == workspace, _F.c.source == source)
    if before is not None:
        last = await first(session, FiringRow, mine.where(_F.c.event_id == before))
        if last is None:
            raise NotFound("There is no such firing.")
        older = and_(_F.c.at == last.at, _F.c.event_id < last.event_id)
        mine = mine.where(or_(_F.c.at < last.at, older))
    return await every(session, FiringRow, mine.order_by(_F.c.at.desc(), _F.c.event_id.desc()).limit(limit))


async def acted_since(session: AsyncSession, workspace: str, source: str, since: datetime) -> int:
    """How many runs this source has started since then."""
    mine = and_(_F.c.workspace == workspace, _F.c.source == source, _F.c.at > since, _F.c.verdict == "run")
    counted: int = (await session.execute(select(func.count()).select_from(_F).where(mine))).scalar_one()
    return counted


async def firing_of_run(session: AsyncSession, workspace: str, run_id: str) -> FiringRow | None:
    """The result that started this run. None if no event did."""
    return await first(session, FiringRow, select(_F).where(_F.c.workspace == workspace, _F.c.run_id == run_id))


async def firings_of(session: AsyncSession, workspace: str, event_id: str) -> dict[str, FiringRow]:
    """The results of one event, by source."""
    mine = select(_F).where(_F.c.workspace == workspace, _F.c.event_id == event_id)
    return {row.source: row for row in await every(session, FiringRow, mine)}


async def latest(session: AsyncSession, workspace: str) -> dict[str, FiringRow]:
    """The newest result of each rule and instruction of a workspace, by source. Those without results are absent. Each
    takes one index look-up, however many results there are."""
    ids = union_all(*(select(one.c.id).where(one.c.workspace == workspace) for one in (_RULE, _INSTRUCTION))).subquery()
    other = _F.alias()
    newest = (
        select(other.c.event_id)
        .where(other.c.workspace == workspace, other.c.source == ids.c.id)
        .order_by(other.c.at.desc(), other.c.event_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    mine = select(_F).join(ids, ids.c.id == _F.c.source).where(_F.c.event_id == newest)
    return {row.source: row for row in await every(session, FiringRow, mine)}


async def names(session: AsyncSession, workspace: str, sources: Collection[str]) -> dict[str, str]:
    """Names of these rules and instructions, by id. Those that are gone are absent."""
    made: dict[str, str] = {}
    for one in (_RULE, _INSTRUCTION):
        mine = select(one.c.id, one.c.name).where(one.c.workspace == workspace, one.c.id.in_(tuple(sources)))
        made |= {each.id: each.name for each in (await session.execute(mine)).all()}
    return made
