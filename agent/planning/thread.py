"""Thread context: what earlier requests of a conversation said and led to, by words and handles. Never a record's data.

A handle (``@invoice1``, ``@call2``, ``@set1``) is a name that code gives to records or calls of the thread; a model may
use it, code looks it up. Bounded: the last turns only, each cut to a length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from agent.pipeline import (
    CallOutcome,
    ComputedSource,
    ParameterValue,
    PromptSource,
    ProposedSource,
    RecordSource,
    RunState,
    Step,
    Turn,
    evidence_of,
)
from agent.planning.proposal import SET_HANDLE, Argument, Call, EarlierValue, Handle, PlanResult, RecordArgument
from agent.query.results import EarlierArgument, EarlierArguments, Moment, Plain, Quantity, RecordKey, Value
from agent.runs.run import Run, ThreadHandles
from core import money
from registry.catalogue import Catalogue
from registry.contract import Contract, Unit

MOST_TURNS: Final = 12
MOST_WORDS: Final = 200
MOST_RECORDS: Final = 50
MOST_CALLS_TOLD: Final = 6


@dataclass(frozen=True)
class ThreadCall:
    """One call of an earlier run, with what came of it. ``of`` is how many calls that run has."""

    run_id: str
    state: RunState
    step: Step
    outcome: CallOutcome | None
    of: int = 1

    @property
    def waits(self) -> bool:
        """Whether nothing was confirmed yet, so that it is enough to withdraw it."""
        return self.state in WAITING


@dataclass(frozen=True)
class Thread:
    """``turns`` are for the prompt, ``records`` and ``calls`` are what handles stand for."""

    turns: tuple[Turn, ...] = ()
    records: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    calls: Mapping[str, ThreadCall] = field(default_factory=dict)

    @property
    def handles(self) -> ThreadHandles:
        """What its handles stand for, to be stored with the run that was resolved by them."""
        return ThreadHandles(
            records=dict(self.records),
            calls={name: (call.run_id, call.step.call_id) for name, call in self.calls.items()},
        )


NO_THREAD: Final = Thread()


def earlier_arguments(calls: Mapping[str, ThreadCall], catalogue: Catalogue) -> EarlierArguments:
    """What the arguments of the thread's calls were, so that "the same" needs no repeating."""
    made: dict[str, dict[str, EarlierArgument]] = {}
    for handle, call in calls.items():
        step = call.step
        contract = catalogue.version(step.action, step.version) or catalogue.get(step.action)
        for each in step.filled if contract is not None else ():
            assert contract is not None
            proven = evidence_of(each.source) in ("proven", "default")
            value = _value_of(each, step, contract)
            made.setdefault(handle, {})[each.param] = EarlierArgument(value, step.title, each.label, proven)
    return made


def _value_of(filled: ParameterValue, step: Step, contract: Contract) -> Value:
    """A value as it is computed with: money in major units of its currency, days and times by the calendar."""
    annotation, schema, value = contract.annotation(filled.param), contract.properties.get(filled.param), filled.value
    written = schema.get("format") if isinstance(schema, Mapping) else None
    if isinstance(value, str) and written in ("date", "date-time"):
        return Moment(value.removesuffix("Z"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Plain(value)
    paid_in = next((each.value for each in step.filled if each.param == annotation.currency_from), annotation.currency)
    if annotation.unit is Unit.MONEY_MINOR and isinstance(value, int) and isinstance(paid_in, str):
        return Quantity(money.to_major_units(value, paid_in), paid_in)
    if annotation.unit is Unit.MONEY:
        return Quantity(Decimal(str(value)), paid_in if isinstance(paid_in, str) else None)
    timed = annotation.unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS)
    return Quantity(Decimal(str(value)), annotation.unit.value if annotation.unit is not None and timed else None)


def build_thread(runs: Sequence[Run], catalogue: Catalogue) -> Thread:
    """The thread of these earlier runs, oldest first."""
    made = _Builder(catalogue)
    for run in runs[-MOST_TURNS:]:
        made.add(run)
    return Thread(tuple(made.turns), made.records, made.calls)


def restore_thread(handles: ThreadHandles, runs: Sequence[Run], *, now: Thread = NO_THREAD) -> Thread:
    """The thread as it was when a run was resolved, its calls as they are now. A call of a run that is not among
    ``runs`` is no longer there. Its turns are those of ``now``, where their handles still mean the same."""
    by_id = {run.id: run for run in runs}
    calls: dict[str, ThreadCall] = {}
    for name, (run_id, call_id) in handles.calls.items():
        run = by_id.get(run_id)
        step = next((each for each in run.plan.steps if each.call_id == call_id), None) if run and run.plan else None
        if run is not None and step is not None:
            calls[name] = _thread_call(run, step)
    means_same = now.calls.keys() == calls.keys() and all(
        handles.records.get(name) == keys for name, keys in now.records.items()
    )
    return Thread(turns=now.turns if means_same else (), records=handles.records, calls=calls)


def _thread_call(run: Run, step: Step) -> ThreadCall:
    outcome = next((each for each in run.outcomes if each.call_id == step.call_id), None)
    return ThreadCall(run.id, run.state, step, outcome, len(run.plan.steps) if run.plan else 1)


class _Builder:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.turns: list[Turn] = []
        self.records: dict[str, tuple[RecordKey, ...]] = {}
        self.calls: dict[str, ThreadCall] = {}
        self._handles: dict[tuple[RecordKey, ...], str] = {}
        self._numbers: dict[str, int] = {}

    def add(self, run: Run) -> None:
        parts = []
        if run.plan is not None:
            parts += [self._call(run, step) for step in run.plan.steps[:MOST_CALLS_TOLD]]
            parts.append(_STATES.get(run.state, run.state))
        elif run.question is not None:
            parts.append(f"asked for {run.question.param or run.question.slot}{self._offered(run)}")
        elif run.reply is not None:
            parts.append(f"answered{self._answered(run)}")
        else:
            parts.append("is being worked out" if run.state == "received" else "nothing was done")
        words = "; ".join((run.text, *(answer.text for answer in run.answers if answer.text)))
        self.turns.append(Turn(words=words[:MOST_WORDS], came=", ".join(parts)))

    def _call(self, run: Run, step: Step) -> str:
        handle = self._numbered("call")
        self.calls[handle] = _thread_call(run, step)
        said = ", ".join(told for each in step.filled if (told := self._argument(each)))
        return f"{handle} {step.action.rpartition('.')[2]}({said})"

    def _argument(self, filled: ParameterValue) -> str:
        source = filled.source
        if isinstance(source, RecordSource) and source.record_id:
            if source.field and source.record_kind and not self._is_reference(filled, source):
                return ""  # a value of a record, not a reference to it
            keys = tuple((source.record_kind, each) for each in source.record_id.split())
            return f"{filled.param}={self._handle(keys)}"
        if isinstance(source, PromptSource) and source.spans:
            words = " ".join(span.text for span in source.spans)[:60]
            return f"{filled.param}={json.dumps(words, ensure_ascii=False)}"
        if isinstance(source, ComputedSource):
            return f"{filled.param} computed"
        return f"{filled.param} worded" if isinstance(source, ProposedSource) else ""

    def _is_reference(self, filled: ParameterValue, source: RecordSource) -> bool:
        return any(
            contract.annotation(filled.param).record == source.record_kind
            for contract in self.catalogue
            if filled.param in contract.properties
        )

    def _offered(self, run: Run) -> str:
        question = run.question
        assert question is not None
        kind = self._kind_asked(run)
        if kind is None or not question.candidates:
            return ""
        keys = tuple((kind, each.id) for each in question.candidates)
        handle = self._numbered("choices")
        self.records[handle] = keys
        return f", offering {handle} ({len(keys)} of kind {kind})"

    def _kind_asked(self, run: Run) -> str | None:
        question = run.question
        assert question is not None
        if "/" in question.slot:
            return question.slot.rpartition("/")[2]
        at, _, param = question.slot.partition(".")
        calls = run.proposal.result.calls if run.proposal and isinstance(run.proposal.result, PlanResult) else ()
        names = [call.action for call in calls] or [draft.action for draft in run.drafts]
        contract = self.catalogue.get(names[int(at)]) if at.isdigit() and int(at) < len(names) else None
        return contract.annotation(param).record if contract is not None else None

    def _answered(self, run: Run) -> str:
        reply = run.reply
        assert reply is not None
        if reply.record_kind is None or not reply.records:
            return ""
        keys = tuple((reply.record_kind, each.id) for each in reply.records[:MOST_RECORDS])
        return f" with {self._handle(keys)}" + (f" ({len(keys)} of kind {reply.record_kind})" if len(keys) > 1 else "")

    def _handle(self, keys: tuple[RecordKey, ...]) -> str:
        if keys not in self._handles:
            self._handles[keys] = self._numbered(keys[0][0] if len(keys) == 1 else SET_HANDLE.removeprefix("@"))
            self.records[self._handles[keys]] = keys
        return self._handles[keys]

    def _numbered(self, name: str) -> str:
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return f"@{name}{self._numbers[name]}"


WAITING: Final[frozenset[RunState]] = frozenset({"received", "asked", "held"})
_NEVER: Final[frozenset[RunState]] = frozenset({"rejected", "expired", "refused", "abstained"})
_STATES: Final[Mapping[RunState, str]] = {
    "held": "waits for confirmation", "confirmed": "confirmed", "executing": "confirmed", "succeeded": "done",
    "failed": "failed", "unknown": "may have happened", "rejected": "withdrawn", "expired": "expired",
    "refused": "refused",
}  # fmt: skip


# ── taking back, and correcting ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Undo:
    """``calls`` take back what was done, ``records`` are the handles they speak of; ``withdraw`` are runs that only
    have to be withdrawn, with the titles of their calls; ``stuck`` says what can't be taken back, and why."""

    calls: tuple[Call, ...] = ()
    records: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    withdraw: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()


def undo_calls(handles: Sequence[str], calls: Mapping[str, ThreadCall], catalogue: Catalogue) -> Undo:
    """The calls that reverse those of the thread, latest first: by the contract that undoes it, or by the same action
    with the value before. What never happened has nothing to take back."""
    made = _Reversing(catalogue)
    withdraw: list[str] = []
    withdrawn: list[str] = []
    stuck: list[str] = []
    for handle in reversed(list(dict.fromkeys(handles))):
        call = calls.get(handle)
        if call is None:
            continue
        title = f"“{call.step.title}”"
        if call.waits:
            withdraw.append(call.run_id)
            withdrawn.append(title)
        elif (why := _nothing_to_reverse(call)) is not None:
            stuck.append(f"{title} {why}")
        elif not made.add(call):
            stuck.append(f"{title} can't be taken back here.")
    return Undo(
        tuple(made.calls), made.records, tuple(dict.fromkeys(withdraw)), tuple(dict.fromkeys(withdrawn)), tuple(stuck)
    )


@dataclass(frozen=True)
class Correction:
    """``supersedes`` are the runs whose cards the corrected one takes the place of; ``told`` is what its card says."""

    supersedes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def correct_calls(handles: Sequence[str], calls: Mapping[str, ThreadCall]) -> Correction:
    """What a plan that corrects these calls of the thread does to them. Whatever else stood on their cards goes with
    it, and what is confirmed already stays: the new card says both."""
    named = [calls[handle] for handle in dict.fromkeys(handles) if handle in calls]
    told: list[str] = []
    for run_id in dict.fromkeys(call.run_id for call in named if call.waits):
        same = [call for call in named if call.run_id == run_id]
        if len(same) < same[0].of:
            told.append(f"The earlier card had {same[0].of} actions; this one takes the place of all of them.")
    told += [
        f"“{call.step.title}” was confirmed already; this comes on top of it."
        for call in named
        if not call.waits and call.state not in _NEVER
    ]
    return Correction(tuple(dict.fromkeys(call.run_id for call in named if call.waits)), tuple(dict.fromkeys(told)))


def _nothing_to_reverse(call: ThreadCall) -> str | None:
    """Why there is nothing to reverse, None where the call has happened."""
    state = call.outcome.state if call.outcome is not None else None
    if call.state in _NEVER or state in ("failed", "skipped"):
        return "was not done, so there is nothing to take back."
    if call.state == "succeeded" or state == "succeeded":
        return None
    if call.state == "unknown":
        return "may have happened; that has to be settled first."
    if call.state == "failed":
        return "was not done, so there is nothing to take back."
    return "is being sent just now; ask again when it is done."


class _Reversing:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.calls: list[Call] = []
        self.records: dict[str, tuple[RecordKey, ...]] = {}

    def add(self, call: ThreadCall) -> bool:
        """Whether there is a way to take it back."""
        step = call.step
        contract = self.catalogue.version(step.action, step.version) or self.catalogue.get(step.action)
        if contract is None:
            return False
        undo = self.catalogue.get(contract.undo) if contract.undo else None
        made = self._by_contract(call, undo) if undo is not None else self._by_value_before(call, contract)
        if made is not None:
            self.calls.append(made)
        return made is not None

    def _record(self, kind: str, record_id: str) -> RecordArgument:
        """The record by its id, which nobody typed: a handle that only code makes."""
        handle = f"@undone{len(self.records) + 1}"
        self.records[handle] = tuple((kind, each) for each in record_id.split())
        return RecordArgument(reference=Handle(handle=handle))

    def _by_contract(self, call: ThreadCall, undo: Contract) -> Call | None:
        """The undoing contract's record is one that the call named, or one that its answer names by the parameter's own
        name."""
        answer = _answer(call.outcome)
        arguments: dict[str, Argument] = {}
        for name in undo.required:
            kind = undo.annotation(name).record
            if kind is None:
                continue
            held = answer.get(name) if isinstance(answer.get(name), str | int) else _record_of(call.step, kind)
            if held is None:
                return None
            arguments[name] = self._record(kind, str(held))
        return Call(action=undo.name, arguments=arguments)

    def _by_value_before(self, call: ThreadCall, contract: Contract) -> Call | None:
        """The same action with the value that a record held before, where the contract says which field it replaces."""
        arguments: dict[str, Argument] = {}
        for name in contract.properties:
            annotation = contract.annotation(name)
            if annotation.record is not None and (held := _record_of(call.step, annotation.record, name)) is not None:
                arguments[name] = self._record(annotation.record, held)
            elif annotation.replaces is not None:
                kind = contract.annotation(annotation.replaces.parameter).record
                replaced_on = _record_of(call.step, kind, annotation.replaces.parameter) if kind else None
                pin = next((p for p in call.step.pins if (p.record_kind, p.record_id) == (kind, replaced_on)), None)
                before = pin.values.get(annotation.replaces.field) if pin is not None else None
                if pin is None or before is None:
                    return None
                arguments[name] = EarlierValue(
                    value=before, record=pin.record_kind, record_id=pin.record_id, field=annotation.replaces.field
                )
        replaced = any(isinstance(each, EarlierValue) for each in arguments.values())
        return Call(action=contract.name, arguments=arguments) if replaced else None


def _record_of(step: Step, kind: str, param: str | None = None) -> str | None:
    found = [
        each.source.record_id
        for each in step.filled
        if isinstance(each.source, RecordSource) and each.source.record_kind == kind and param in (None, each.param)
    ]
    return found[0] if found else None


def _answer(outcome: CallOutcome | None) -> dict[str, Any]:
    try:
        held = json.loads(outcome.answer) if outcome is not None and outcome.answer else {}
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}
