"""Reversal and correction: takes back what calls of a thread did, and corrects calls that wait."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.pipeline import CallOutcome, Plan, RecordSource, Step
from agent.planning.proposal import UNDONE, Argument, Call, EarlierValue, Handle, RecordArgument
from agent.planning.thread import ThreadCall
from agent.query.context import RecordKey
from registry.catalogue import Catalogue
from registry.contract import Contract


@dataclass(frozen=True)
class Undo:
    """How calls are undone.

    - ``calls``: take back what was done.
    - ``records``: the handles they refer to.
    - ``withdraw``: runs that only need to be withdrawn, with the titles of their calls.
    - ``stuck``: what can't be taken back, and why.
    """

    calls: tuple[Call, ...] = ()
    records: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    withdraw: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()


def undo_calls(handles: Sequence[str], calls: Mapping[str, ThreadCall], catalogue: Catalogue) -> Undo:
    """The calls that reverse those of the thread, latest first.

    Each is the contract's undoing action, or the same action with the value before. A call that never happened has
    nothing to reverse.
    """
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
        elif (why := _explain_nothing_to_reverse(call)) is not None:
            stuck.append(f"{title} {why}")
        elif not made.add(call):
            stuck.append(f"{title} can't be taken back here.")
    return Undo(
        tuple(made.calls), made.records, tuple(dict.fromkeys(withdraw)), tuple(dict.fromkeys(withdrawn)), tuple(stuck)
    )


@dataclass(frozen=True)
class Correction:
    """A correction of an earlier card. ``supersedes`` are the runs whose cards it replaces. ``told`` is what its card
    says."""

    supersedes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def correct_calls(handles: Sequence[str], calls: Mapping[str, ThreadCall]) -> Correction:
    """What a plan does to the calls of the thread that it corrects. Everything else on their cards is dropped, and
    confirmed calls stay. The new card says both."""
    named = [calls[handle] for handle in dict.fromkeys(handles) if handle in calls]
    told: list[str] = []
    for run_id in dict.fromkeys(call.run_id for call in named if call.waits):
        same = [call for call in named if call.run_id == run_id]
        if len(same) < same[0].of:
            told.append(f"The earlier card had {same[0].of} actions; this one takes the place of all of them.")
    told += [
        f"“{call.step.title}” was confirmed already; this comes on top of it."
        for call in named
        if not call.waits and not call.lapsed
    ]
    return Correction(tuple(dict.fromkeys(call.run_id for call in named if call.waits)), tuple(dict.fromkeys(told)))


def aim_correction(handles: Sequence[str], calls: Mapping[str, ThreadCall], plan: Plan) -> Sequence[str]:
    """The calls that a plan corrects.

    Those that were said, unless the plan is about the record of exactly one other waiting call. "No, 15 for Ada"
    corrects Ada's card, and leaves the later one alone.
    """
    meant = [_list_targets(step) for step in plan.steps]
    if any(_list_targets(calls[each].step) in meant for each in handles if each in calls):
        return handles
    others = [
        handle
        for handle, call in calls.items()
        if call.waits and handle not in handles and _list_targets(call.step) in meant
    ]
    return others if len(others) == 1 else handles


def _list_targets(step: Step) -> tuple[str, frozenset[tuple[str, str]]]:
    """The action of a call and the records that it is for."""
    found = {
        (each.param, each.source.record_id)
        for each in step.filled
        if isinstance(each.source, RecordSource) and str(each.value) == each.source.record_id
    }
    return step.action, frozenset(found)


def _explain_nothing_to_reverse(call: ThreadCall) -> str | None:
    """Why there is nothing to reverse. None if the call happened."""
    if call.lapsed:
        return "was not done, so there is nothing to take back."
    if "succeeded" in (call.state, call.outcome.state if call.outcome is not None else None):
        return None
    if call.state == "unknown":
        return "may have happened; that has to be settled first."
    return "is being sent just now; ask again when it is done."


class _Reversing:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.calls: list[Call] = []
        self.records: dict[str, tuple[RecordKey, ...]] = {}

    def add(self, call: ThreadCall) -> bool:
        """Adds the reversal of a call. Returns whether there is one."""
        step = call.step
        contract = self.catalogue.version(step.action, step.version) or self.catalogue.get(step.action)
        if contract is None:
            return False
        undo = self.catalogue.get(contract.undo) if contract.undo else None
        made = self._by_contract(call, undo) if undo is not None else self._by_value_before(call, contract)
        if made is not None:
            self.calls.append(made)
        return made is not None

    def _make_record(self, kind: str, record_id: str) -> RecordArgument:
        """The record by its id, which nobody typed: a handle that only code makes."""
        handle = f"{UNDONE}{len(self.records) + 1}"
        self.records[handle] = tuple((kind, each) for each in record_id.split())
        return RecordArgument(reference=Handle(handle=handle))

    def _by_contract(self, call: ThreadCall, undo: Contract) -> Call | None:
        """Undoes a call by its undoing contract."""
        found = find_undone_records(call.step, call.outcome, undo)
        if found is None:
            return None
        arguments: dict[str, Argument] = {name: self._make_record(*each) for name, each in found.items()}
        return Call(action=undo.name, arguments=arguments)

    def _by_value_before(self, call: ThreadCall, contract: Contract) -> Call | None:
        """Undoes a call by the same action with the record's value before, if the contract says which field it
        replaces."""
        arguments: dict[str, Argument] = {}
        replaced = False
        for name in contract.properties:
            annotation = contract.annotation(name)
            if annotation.replaces is not None:
                kind = contract.annotation(annotation.replaces.parameter).record
                replaced_on = _find_record(call.step, kind, annotation.replaces.parameter) if kind else None
                pin = next((p for p in call.step.pins if (p.record_kind, p.record_id) == (kind, replaced_on)), None)
                before = pin.values.get(annotation.replaces.field) if pin is not None else None
                if pin is None or before is None or (annotation.record is not None and annotation.field is not None):
                    return None
                replaced = True
                arguments[name] = (
                    self._make_record(annotation.record, str(before))
                    if annotation.record is not None
                    else EarlierValue(
                        value=before, record=pin.record_kind, record_id=pin.record_id, field=annotation.replaces.field
                    )
                )
            elif (
                annotation.record is not None and (held := _find_record(call.step, annotation.record, name)) is not None
            ):
                arguments[name] = self._make_record(annotation.record, held)
        return Call(action=contract.name, arguments=arguments) if replaced else None


def find_undone_records(step: Step, outcome: CallOutcome | None, undo: Contract) -> dict[str, RecordKey] | None:
    """The records that an undoing contract needs, by parameter: what the call's answer gives under the parameter's own
    name, or a record that the call named. None if one is missing."""
    answer, found = _read_answer(outcome), dict[str, RecordKey]()
    for name in undo.required:
        kind = undo.annotation(name).record
        if kind is None:
            continue
        held = answer.get(name) if isinstance(answer.get(name), str | int) else _find_record(step, kind)
        if held is None:
            return None
        found[name] = (kind, str(held))
    return found


def _find_record(step: Step, kind: str, param: str | None = None) -> str | None:
    found = [
        each.source.record_id
        for each in step.filled
        if isinstance(each.source, RecordSource) and each.source.record_kind == kind and param in (None, each.param)
    ]
    return found[0] if found else None


def _read_answer(outcome: CallOutcome | None) -> dict[str, Any]:
    try:
        held = json.loads(outcome.answer) if outcome is not None and outcome.answer else {}
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}
