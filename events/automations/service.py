"""Automation service: creates, changes and deletes rules and instructions, which have no more rights than their author.

A member who changes what an automation does becomes its author. ``agent.workspace.authority`` says who may switch and
delete it. Only an owner can let an instruction write without a card, and that ends when anybody else changes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import store.automations
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Refusal
from agent.validate.policy import authorize
from agent.workspace import authority, principals
from agent.workspace.context import WorkspaceContexts
from core import canon, ids
from core.actor import OWNER, Actor, Surface
from core.clock import Clock
from core.errors import Finding, Forbidden, InvalidInput
from events.automations import obstacles, quoting, rule_checks
from events.automations.rules import Mode, ParameterMapping
from registry.conditions import condition
from registry.contract import Contract
from registry.events import event_names
from registry.form_faults import describe_fault
from registry.json_schema import pointer
from store.automations import InstructionRow, RuleRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook

PER_HOUR: Final = 100
CONDITION_CHARS: Final = condition.MAX_CHARS

Name = Annotated[str, Field(min_length=1, max_length=120)]
Pattern = Annotated[str, Field(min_length=1, max_length=100)]
PerHour = Annotated[int, Field(ge=1, le=10_000)]


"""The row whose transaction may also write something else."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(ParameterMapping):
    """One parameter's value: ``{"from": "/data/customer_id"}`` or ``{"value": 500}``."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Source:
        if (self.pointer is None) == (self.value is None):
            raise ValueError("say either from (a pointer into the event) or value (a constant)")
        return self


class RuleForm(_Form):
    """A rule to be set up. By default it starts in shadow: it watches and records what it would have done."""

    name: Name
    event: Pattern
    condition: Annotated[str, Field(max_length=CONDITION_CHARS)] = ""
    action: Annotated[str, Field(min_length=1, max_length=200)]
    surface: Surface = "admin"
    parameters: Annotated[dict[str, Source], Field(max_length=100)] = {}
    mode: Mode = "shadow"
    max_per_hour: PerHour = PER_HOUR
    note: Annotated[str, Field(max_length=1000)] = ""


class InstructionForm(_Form):
    """An instruction for the AI brain. By default it starts in shadow."""

    name: Name
    event: Pattern
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    actions: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=20)]
    surface: Surface = "admin"
    mode: Mode = "shadow"
    max_per_hour: PerHour = PER_HOUR
    allow_unattended: bool = False


@dataclass(frozen=True)
class AutomationService:
    database: Database
    contexts: WorkspaceContexts
    clock: Clock

    async def add_rule(
        self, by: Actor, form: RuleForm, *, in_transaction: TransactionHook[RuleRow] = no_hook
    ) -> RuleRow:
        """Stores a new rule and calls ``in_transaction`` in its transaction. Raises InvalidInput with findings, and
        Forbidden if the author may not run the action."""
        now = self.clock()
        columns = await self._make_rule_columns(by, form)
        row = RuleRow(id=ids.make_id("rul"), workspace=by.workspace, created_at=now, updated_at=now, **columns)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            await store.automations.insert_rule(session, row)
            await recorder.record_act(
                session, by, EntryType.RULE_CREATED, now, rule=row.id, **_describe_change(columns)
            )
            await in_transaction(session, row)
        return row

    async def draft_rule(self, by: Actor, form: RuleForm) -> RuleRow:
        """The rule as it would be, checked but not stored, to be tried on past events. Raises as ``add_rule``."""
        now = self.clock()
        columns = await self._make_rule_columns(by, form)
        return RuleRow(id=ids.make_id("rul"), workspace=by.workspace, created_at=now, updated_at=now, **columns)

    async def change_rule(self, by: Actor, rule_id: str, changes: Mapping[str, Any]) -> RuleRow:
        """Changes a rule. Raises NotFound, Forbidden, InvalidInput, Conflict."""
        row = await self.rule(by, rule_id)
        await self._check_manages(by, row)
        form = _parse(RuleForm, {**describe_rule(row), **changes})
        columns: dict[str, Any] = {"mode": form.mode}
        if form.mode != "off" and set(changes) <= {"mode"} and row.condition:
            rule_checks.check_condition(row.condition)  # stored before there was such a limit, perhaps
        if not self._only_switches(by, row, changes):
            columns = await self._make_rule_columns(by, form)
        elif form.mode != "off" and by.role != OWNER:
            await self._check_runnable(by, form.action, form.surface)
        now = self.clock()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            changed = await store.automations.change_rule(session, row, updated_at=now, **columns)
            await recorder.record_act(
                session, by, EntryType.RULE_CHANGED, now, rule=row.id, **_describe_change(columns)
            )
        return changed

    async def remove_rule(self, by: Actor, rule_id: str) -> None:
        row = await self.rule(by, rule_id)
        await self._check_manages(by, row)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
            await store.automations.delete_rule(session, by.workspace, rule_id)
            await recorder.record_act(session, by, EntryType.RULE_DELETED, self.clock(), rule=rule_id, name=row.name)

    async def rule(self, by: Actor, rule_id: str) -> RuleRow:
        """Reads one rule. Raises NotFound."""
        async with self.database.read() as session:
            return await store.automations.rule(session, by.workspace, rule_id)

    async def rules(self, by: Actor) -> Sequence[RuleRow]:
        async with self.database.read() as session:
            return await store.automations.rules(session, by.workspace)

    async def add_instruction(
        self, by: Actor, form: InstructionForm, *, in_transaction: TransactionHook[InstructionRow] = no_hook
    ) -> InstructionRow:
        """Stores a new instruction and calls ``in_transaction`` in its transaction. Raises InvalidInput with findings,
        and Forbidden if the author may not run an action or let it act alone."""
        now = self.clock()
        columns = await self._make_instruction_columns(by, form)
        row = InstructionRow(id=ids.make_id("ins"), workspace=by.workspace, created_at=now, updated_at=now, **columns)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            await store.automations.insert_instruction(session, row)
            await recorder.record_act(
                session, by, EntryType.INSTRUCTION_CREATED, now, instruction=row.id, **_describe_change(columns)
            )
            await in_transaction(session, row)
        return row

    async def draft_instruction(self, by: Actor, form: InstructionForm) -> InstructionRow:
        """The instruction as it would be, not stored. Raises as ``add_instruction``."""
        now = self.clock()
        columns = await self._make_instruction_columns(by, form)
        return InstructionRow(id=ids.make_id("ins"), workspace=by.workspace, created_at=now, updated_at=now, **columns)

    async def change_instruction(self, by: Actor, instruction_id: str, changes: Mapping[str, Any]) -> InstructionRow:
        """Changes an instruction. Raises NotFound, Forbidden, InvalidInput, Conflict."""
        row = await self.instruction(by, instruction_id)
        await self._check_manages(by, row)
        kept = describe_instruction(row)
        if by.role != OWNER:
            kept["allow_unattended"] = False
        form = _parse(InstructionForm, {**kept, **changes})
        columns: dict[str, Any] = {"mode": form.mode}
        if not self._only_switches(by, row, changes):
            columns = await self._make_instruction_columns(by, form)
        elif form.mode != "off" and by.role != OWNER:
            await self._check_all_runnable(by, form)
        now = self.clock()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            changed = await store.automations.change_instruction(session, row, updated_at=now, **columns)
            await recorder.record_act(
                session, by, EntryType.INSTRUCTION_CHANGED, now, instruction=row.id, **_describe_change(columns)
            )
        return changed

    async def remove_instruction(self, by: Actor, instruction_id: str) -> None:
        row = await self.instruction(by, instruction_id)
        await self._check_manages(by, row)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
            await store.automations.delete_instruction(session, by.workspace, instruction_id)
            await recorder.record_act(
                session, by, EntryType.INSTRUCTION_DELETED, self.clock(), instruction=instruction_id, name=row.name
            )

    async def instruction(self, by: Actor, instruction_id: str) -> InstructionRow:
        """Reads one instruction. Raises NotFound."""
        async with self.database.read() as session:
            return await store.automations.instruction(session, by.workspace, instruction_id)

    async def instructions(self, by: Actor) -> Sequence[InstructionRow]:
        async with self.database.read() as session:
            return await store.automations.instructions(session, by.workspace)

    async def find_obstacles(self, workspace: str, rows: Iterable[RuleRow | InstructionRow]) -> Mapping[str, str]:
        """Why each does nothing although it is switched on, by id (``events.automations.obstacles``)."""
        catalogue = (await self.contexts.of(workspace)).catalogue
        async with self.database.read() as session:
            return await obstacles.find_obstacles(session, rows, catalogue, self.clock())

    async def acts_alone(self, row: InstructionRow) -> bool:
        """Whether it may write without a card now (``events.automations.obstacles``)."""
        async with self.database.read() as session:
            return await obstacles.acts_alone(session, row, self.clock())

    async def manages(self, by: Actor, row: RuleRow | InstructionRow) -> bool:
        """Whether ``by`` may see what the automation does with live records, and may switch and delete it."""
        catalogue = (await self.contexts.of(by.workspace)).catalogue
        return authority.manages(by, authority.read_author(row.author), _list_actions(row), catalogue)

    async def _check_manages(self, by: Actor, row: RuleRow | InstructionRow) -> None:
        if not await self.manages(by, row):
            raise Forbidden("Only its author, in the role it was set up in, and owners change this.")

    def _only_switches(self, by: Actor, row: RuleRow | InstructionRow, changes: Mapping[str, Any]) -> bool:
        """Whether its author stays the same. One that is switched off acts as nobody, so switching takes nothing
        over."""
        if not set(changes) <= {"mode"}:
            return False
        return changes.get("mode") == "off" or not authority.takes_over(by, authority.read_author(row.author))

    async def _check_all_runnable(self, by: Actor, form: InstructionForm) -> None:
        for at, action in enumerate(form.actions):
            await self._check_runnable(by, action, form.surface, f"/actions/{at}")

    async def _make_rule_columns(self, by: Actor, form: RuleForm) -> dict[str, Any]:
        event_names.check_pattern(form.event)
        if form.condition:
            rule_checks.check_condition(form.condition)
        contract = await self._check_runnable(by, form.action, form.surface)
        rule_checks.check_parameters(form.parameters, contract)
        sources = {name: each.model_dump(by_alias=True, exclude_none=True) for name, each in form.parameters.items()}
        return {
            "name": form.name,
            "pattern": form.event,
            "condition": form.condition,
            "contract": form.action,
            "surface": form.surface,
            "parameters": canon.dumps(sources).decode(),
            "mode": form.mode,
            "max_per_hour": form.max_per_hour,
            "note": form.note,
            "author": _to_stored(by),
        }

    async def _make_instruction_columns(self, by: Actor, form: InstructionForm) -> dict[str, Any]:
        event_names.check_pattern(form.event)
        quoting.check(form.text)
        await self._check_all_runnable(by, form)
        if form.allow_unattended and by.role != OWNER:
            raise Forbidden("Only an owner lets an instruction write without a card.")
        return {
            "name": form.name,
            "pattern": form.event,
            "text": form.text,
            "contracts": " ".join(dict.fromkeys(form.actions)),
            "surface": form.surface,
            "mode": form.mode,
            "max_per_hour": form.max_per_hour,
            "unattended_by": _to_stored(by) if form.allow_unattended else "",
            "author": _to_stored(by),
        }

    async def _check_runnable(self, by: Actor, action: str, surface: Surface, where: str = "/action") -> Contract:
        catalogue = (await self.contexts.of(by.workspace)).catalogue
        current = catalogue.get(action)
        contract = authorize(catalogue, action, current.version if current else 1, actor=by, surface=surface)
        if isinstance(contract, Refusal):
            if contract.code == "forbidden":
                raise Forbidden(contract.detail)
            raise InvalidInput(contract.detail, findings=[Finding(where, contract.code, contract.detail)])
        return contract


def describe_rule(row: RuleRow) -> dict[str, Any]:
    """A rule as its form's JSON."""
    return {
        "name": row.name,
        "event": row.pattern,
        "condition": row.condition,
        "action": row.contract,
        "surface": row.surface,
        "parameters": json.loads(row.parameters),
        "mode": row.mode,
        "max_per_hour": row.max_per_hour,
        "note": row.note,
    }


def describe_instruction(row: InstructionRow) -> dict[str, Any]:
    """An instruction as its form's JSON."""
    return {
        "name": row.name,
        "event": row.pattern,
        "text": row.text,
        "actions": row.contracts.split(),
        "surface": row.surface,
        "mode": row.mode,
        "max_per_hour": row.max_per_hour,
        "allow_unattended": bool(row.unattended_by),
    }


def _list_actions(row: RuleRow | InstructionRow) -> list[str]:
    return [row.contract] if isinstance(row, RuleRow) else row.contracts.split()


def _to_stored(actor: Actor) -> str:
    return canon.dumps({"workspace": actor.workspace, **actor.as_json()}).decode()


def _describe_change(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a change that goes into history. The author is the entry's actor."""
    return {name: value for name, value in columns.items() if name not in ("author", "unattended_by")} | (
        {"unattended": bool(columns["unattended_by"])} if "unattended_by" in columns else {}
    )


def _parse(form: type[Any], value: Mapping[str, Any]) -> Any:
    try:
        return form.model_validate(dict(value))
    except ValidationError as error:
        findings = [
            Finding(pointer.join_pointer(*fault["loc"]), fault["type"], describe_fault(fault))
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInput("The change does not have the form this endpoint takes.", findings=findings) from error
