"""A run's state as a type: held has a plan, confirmed has as many approvals as its plan needs."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from agent.pipeline import Plan, Question, RunState
from agent.runs.run import Approval, Run
from agent.runs.states import as_asked, as_confirmed, as_held, as_planned
from core.actor import Actor

ROOT: Final = Path(__file__).resolve().parents[4]
AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATES: Final = get_args(RunState)


def plan(approvals: int) -> Plan:
    return Plan(run_id="run_1", steps=(), held=(), approvals=approvals, expires_s=900, digest="sha256:00")


def run(**fields: Any) -> Run:
    return Run(
        id="run_1",
        workspace="ws_1",
        session_id="s",
        actor=Actor("ws_1", "mem_1", "member", "Olivia", "owner", "mem_1"),
        surface="admin",
        text="refund it",
        now=AT,
        created_at=AT,
        updated_at=AT,
        **fields,
    )


YES: Final = Approval(person="mem_1", name="Olivia", at=AT, digest="sha256:00")


@pytest.mark.parametrize("state", STATES)
def test_each_type_is_for_its_own_states_only(state: RunState) -> None:
    full = run(
        state=state,
        plan=plan(1),
        approvals=(YES,),
        question=Question(slot="action", code="unclear_action", text="Which?"),
    )
    assert (as_held(full) is not None) == (state == "held")
    assert (as_confirmed(full) is not None) == (state in ("confirmed", "executing"))
    assert (as_asked(full) is not None) == (state == "asked")
    assert as_planned(full) is not None


@pytest.mark.parametrize("state", STATES)
def test_a_run_without_a_plan_or_question_is_none_of_them(state: RunState) -> None:
    bare = run(state=state)
    assert (as_planned(bare), as_held(bare), as_confirmed(bare), as_asked(bare)) == (None, None, None, None)


@pytest.mark.parametrize(("needed", "given", "sendable"), [(0, 0, True), (1, 0, False), (1, 1, True), (2, 1, False)])
def test_too_few_approvals_are_no_confirmation(needed: int, given: int, sendable: bool) -> None:
    confirmed = as_confirmed(run(state="confirmed", plan=plan(needed), approvals=(YES,) * given))
    assert (confirmed is not None) == sendable
    if confirmed is not None:
        assert len(confirmed.confirmation.approvals) == given


def test_one_module_alone_makes_held_confirmed_and_asked_runs() -> None:
    made = set()
    for room in ("agent", "app", "cli", "evals", "events", "web"):
        for file in (ROOT / room).rglob("*.py"):
            text = file.read_text()
            if "agent.runs.states" not in text:
                continue  # it imports none of them
            tree = ast.parse(text)
            names = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module == "agent.runs.states"
                for alias in node.names
            } & {"Held", "Confirmed", "Asked", "PlanConfirmation"}
            calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
            if any(isinstance(each, ast.Name) and each.id in names for each in calls):
                made.add(str(file.relative_to(ROOT)))
    assert made == set()
