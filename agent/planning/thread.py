"""Thread context: what earlier requests of a conversation said and led to, as words and handles. Never a record's data.

A handle (``@invoice1``, ``@call2``, ``@set1``) is a name that code gives to records or calls of the thread. A model may
use it, and code looks it up. The context is bounded: only the last turns, each cut to a length.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from agent.pipeline import (
    CallOutcome,
    ComputedSource,
    EarlierCall,
    EarlierRecords,
    ParameterValue,
    PromptSource,
    ProposedSource,
    Question,
    RecordSource,
    RunState,
    Step,
    Turn,
    grade_evidence,
)
from agent.pipeline.request import NOTHING_DONE
from agent.planning.proposal import (
    SET_HANDLE,
    AnswerResult,
    ArgumentOf,
    Call,
    ComputedArgument,
    Find,
    PlanResult,
    RecordArgument,
)
from agent.query.context import EarlierArgument, EarlierArguments, Moment, Plain, Quantity, RecordKey, Value
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
    """One call of an earlier run, with its outcome. ``of`` is the number of calls in that run."""

    run_id: str
    state: RunState
    step: Step
    outcome: CallOutcome | None
    of: int = 1

    @property
    def waits(self) -> bool:
        """Whether nothing was confirmed yet, so that withdrawing it is enough."""
        return self.state in WAITING

    @property
    def lapsed(self) -> bool:
        """Whether it surely came to nothing: it was dropped, expired or failed."""
        outcome = self.outcome.state if self.outcome is not None else None
        if self.state in LAPSED or outcome in ("failed", "skipped"):
            return True
        return self.state == "failed" and outcome != "succeeded"


@dataclass(frozen=True)
class Thread:
    """The thread of a request: what was said and done before it. ``turns`` are for the prompt. ``records`` and
    ``calls`` map handles."""

    turns: tuple[Turn, ...] = ()
    records: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    calls: Mapping[str, ThreadCall] = field(default_factory=dict)

    @property
    def handles(self) -> ThreadHandles:
        """The meaning of its handles, to be stored with the run that was resolved with them."""
        return ThreadHandles(
            records=dict(self.records),
            calls={name: (call.run_id, call.step.call_id) for name, call in self.calls.items()},
        )


NO_THREAD: Final = Thread()


def list_earlier_arguments(calls: Mapping[str, ThreadCall], catalogue: Catalogue) -> EarlierArguments:
    """The arguments of the thread's calls, so that "the same" needs no repetition."""
    made: dict[str, dict[str, EarlierArgument]] = {}
    for handle, call in calls.items():
        step = call.step
        contract = catalogue.version(step.action, step.version) or catalogue.get(step.action)
        if contract is None:
            continue
        for each in step.filled:
            proven = grade_evidence(each.source) in ("proven", "default")
            value = _make_value(each, step, contract)
            made.setdefault(handle, {})[each.param] = EarlierArgument(value, step.title, each.label, proven)
    return made


def _make_value(filled: ParameterValue, step: Step, contract: Contract) -> Value:
    """A value in the form for arithmetic: money in major units of its currency, days and times by the calendar."""
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
    """Builds the thread of these earlier runs, oldest first."""
    made = _Builder(catalogue)
    for run in runs[-MOST_TURNS:]:
        made.add(run)
    return Thread(tuple(made.turns), made.records, made.calls)


def restore_thread(handles: ThreadHandles, runs: Sequence[Run], *, now: Thread = NO_THREAD) -> Thread:
    """Restores the thread as of a run's resolution, with its calls in their present state.

    Calls of runs that are not in ``runs`` are gone. Turns come from ``now`` if their handles still mean the same.
    """
    by_id = {run.id: run for run in runs}
    calls: dict[str, ThreadCall] = {}
    for name, (run_id, call_id) in handles.calls.items():
        run = by_id.get(run_id)
        step = next((each for each in run.plan.steps if each.call_id == call_id), None) if run and run.plan else None
        if run is not None and step is not None:
            calls[name] = _make_thread_call(run, step)
    means_same = now.calls.keys() == calls.keys() and all(
        handles.records.get(name) == keys for name, keys in now.records.items()
    )
    return Thread(turns=now.turns if means_same else (), records=handles.records, calls=calls)


def _make_thread_call(run: Run, step: Step) -> ThreadCall:
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
        calls: list[EarlierCall] = []
        if run.plan is not None:
            parts += [self._describe_call(run, step) for step in run.plan.steps[:MOST_CALLS_TOLD]]
            parts.append(_STATES.get(run.state, run.state))
            calls = [self._make_earlier_call(run, step) for step in run.plan.steps[:MOST_CALLS_TOLD]]
        elif run.question is not None:
            parts.append(
                f"asked for {run.question.param or run.question.slot}{self._describe_offered(run, run.question)}"
            )
        elif run.reply is not None:
            parts.append(f"answered{self._describe_answered(_list_told(run))}")
        else:
            about = f" with {self._handle(keys)}" if (keys := _list_told(run)) else ""
            parts.append("is being worked out" if run.state == "received" else f"{NOTHING_DONE}{about}")
        words = "; ".join((run.text, *(answer.text for answer in run.answers if answer.text)))
        spoken = dict.fromkeys(handle for call in calls for handle in call.records.values())
        keys = _list_told(run)
        if keys and run.plan is None:
            spoken[self._handle(keys)] = None
        records = tuple(
            EarlierRecords(handle=each, kind=self.records[each][0][0], count=len(self.records[each])) for each in spoken
        )
        result = run.proposal.result if run.proposal is not None and run.reply is not None else None
        turn = Turn(
            words=words[:MOST_WORDS],
            came=", ".join(parts),
            calls=tuple(calls),
            records=records,
            answered=result.answer if isinstance(result, AnswerResult) else None,
            each=self._handle_each(run.plan.steps) if run.plan is not None else None,
        )
        self.turns.append(turn)

    def _handle_each(self, steps: Sequence[Step]) -> tuple[str, str] | None:
        """The one parameter in which several calls of an action differ, and the records that they have there."""
        said = [{each.param: each for each in step.filled if not self._is_from_record(each)} for step in steps]
        names = {name for params in said for name in params}
        differing = [name for name in names if len({repr(each.get(name) and each[name].value) for each in said}) > 1]
        if len({step.action for step in steps}) != 1 or len(differing) != 1:
            return None
        sources = [params[differing[0]].source for params in said if differing[0] in params]
        keys = tuple((each.record_kind, each.record_id) for each in sources if isinstance(each, RecordSource))
        return (differing[0], self._handle(keys)) if len(keys) == len(steps) else None

    def _is_from_record(self, filled: ParameterValue) -> bool:
        """Whether a value is a record's, and no reference to it."""
        source = filled.source
        return isinstance(source, RecordSource) and bool(source.field) and not self._is_reference(filled, source)

    def _make_earlier_call(self, run: Run, step: Step) -> EarlierCall:
        handle = next(name for name, call in self.calls.items() if call.run_id == run.id and call.step is step)
        records: dict[str, str] = {}
        for each in step.filled:
            source = each.source
            if not isinstance(source, RecordSource) or not source.record_id or not source.record_kind:
                continue
            if not source.field or self._is_reference(each, source):
                keys = tuple((source.record_kind, one) for one in source.record_id.split())
                records[each.param] = self._handle(keys)
        told = [each for each in step.filled if each.param not in records]
        copied = [each.param for each in told if each.param in _list_copied(run, step)]
        return EarlierCall(
            handle=handle,
            action=step.action,
            records=records,
            found=_list_queries(run, step),
            said=(*(each.param for each in told if isinstance(each.source, PromptSource | ProposedSource)), *copied),
            computed=tuple(
                each.param for each in told if isinstance(each.source, ComputedSource) and each.param not in copied
            ),
            waits=self.calls[handle].waits,
            lapsed=self.calls[handle].lapsed,
        )

    def _describe_call(self, run: Run, step: Step) -> str:
        handle = self._number("call")
        self.calls[handle] = _make_thread_call(run, step)
        said = ", ".join(told for each in step.filled if (told := self._describe_argument(each)))
        return f"{handle} {step.action.rpartition('.')[2]}({said})"

    def _describe_argument(self, filled: ParameterValue) -> str:
        source = filled.source
        if isinstance(source, RecordSource) and source.record_id:
            if source.field and source.record_kind and not self._is_reference(filled, source):
                return ""  # a record's value, not a reference to it
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

    def _describe_offered(self, run: Run, question: Question) -> str:
        kind = self._find_asked_kind(run, question)
        if kind is None or not question.candidates:
            return ""
        keys = tuple((kind, each.id) for each in question.candidates)
        handle = self._number("choices")
        self.records[handle] = keys
        return f", offering {handle} ({len(keys)} of kind {kind})"

    def _find_asked_kind(self, run: Run, question: Question) -> str | None:
        if "/" in question.slot:
            return question.slot.rpartition("/")[2]
        at, _, param = question.slot.partition(".")
        calls = run.proposal.result.calls if run.proposal and isinstance(run.proposal.result, PlanResult) else ()
        names = [call.action for call in calls] or [draft.action for draft in run.drafts]
        contract = self.catalogue.get(names[int(at)]) if at.isdigit() and int(at) < len(names) else None
        return contract.annotation(param).record if contract is not None else None

    def _describe_answered(self, keys: tuple[RecordKey, ...]) -> str:
        many = f" ({len(keys)} of kind {keys[0][0]})" if len(keys) > 1 else ""
        return f" with {self._handle(keys)}{many}" if keys else ""

    def _handle(self, keys: tuple[RecordKey, ...]) -> str:
        if keys not in self._handles:
            self._handles[keys] = self._number(keys[0][0] if len(keys) == 1 else SET_HANDLE.removeprefix("@"))
            self.records[self._handles[keys]] = keys
        return self._handles[keys]

    def _number(self, name: str) -> str:
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return f"@{name}{self._numbers[name]}"


def _list_told(run: Run) -> tuple[RecordKey, ...]:
    """The records of an answer, or the one that it names, that a question says can't be taken, or with which nothing
    could be done."""
    if run.reply is not None and run.reply.record_kind is not None and run.reply.about is None:
        return tuple((run.reply.record_kind, each.id) for each in run.reply.records[:MOST_RECORDS])
    said = run.reply or run.question or run.refusal
    return (said.about,) if said is not None and said.about is not None else ()


def _find_call(run: Run, step: Step) -> Call | None:
    """The proposed call that a step was made from. None if that isn't certain."""
    result = run.proposal.result if run.proposal is not None else None
    steps = run.plan.steps if run.plan is not None else ()
    calls = result.calls if isinstance(result, PlanResult) else ()
    alone = len(calls) == len(steps) and all(call.condition is None for call in calls)
    own = calls[steps.index(step)] if alone else calls[0] if len(calls) == 1 else None
    return own if own is not None and own.action == step.action else None


def _list_queries(run: Run, step: Step) -> dict[str, Find]:
    """The queries that found a call's records, by parameter. Empty if it isn't certain that they are this call's."""
    own = _find_call(run, step)
    arguments = own.arguments if own is not None else {}
    finds = {name: each.reference for name, each in arguments.items() if isinstance(each, RecordArgument)}
    return {name: each for name, each in finds.items() if isinstance(each, Find)}


def _list_copied(run: Run, step: Step) -> set[str]:
    """The parameters whose value is that of an earlier call as it stood: they were said then."""
    own = _find_call(run, step)
    arguments = own.arguments if own is not None else {}
    sums = {name: each.expression for name, each in arguments.items() if isinstance(each, ComputedArgument)}
    return {name for name, each in sums.items() if isinstance(each, ArgumentOf)}


WAITING: Final[frozenset[RunState]] = frozenset({"received", "asked", "held"})
LAPSED: Final[frozenset[RunState]] = frozenset({"rejected", "expired", "refused", "abstained"})
_STATES: Final[Mapping[RunState, str]] = {
    "held": "waits for confirmation", "confirmed": "confirmed", "executing": "confirmed", "succeeded": "done",
    "failed": "failed", "unknown": "may have happened", "rejected": "withdrawn", "expired": "expired",
    "refused": "refused",
}  # fmt: skip
