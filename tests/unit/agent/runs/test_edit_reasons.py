"""Why an edit made no new card: the words of the question, with the values that could be said instead."""

from __future__ import annotations

from agent.pipeline import Candidate, Question
from agent.runs.card_edits import UNCHANGED, begin_edit, settle_edit
from tests.unit.agent.runs.test_states import AT, plan, run


def test_the_reason_names_what_a_closed_list_takes() -> None:
    held = run(state="held", plan=plan(1))
    offered = tuple(Candidate(id=each, label=each) for each in ("oak", "birch", "ash"))
    question = Question(slot="0.wood", code="unreadable", text="I can't read ‘plastic’ as a wood.", candidates=offered)
    kept = settle_edit(begin_edit(held, {"0.wood": "plastic"}, AT), question)
    assert kept.edit is not None
    assert kept.edit.why == f"I can't read ‘plastic’ as a wood. It can be oak, birch or ash. {UNCHANGED}"
    assert kept.with_(edit=None) == held


def test_a_question_about_another_value_leads_on() -> None:
    edited = begin_edit(run(state="held", plan=plan(1)), {"0.wood": "oak"}, AT)
    asked = settle_edit(edited, Question(slot="0.finish", code="missing", text="Which finish?"))
    assert asked.state == "received"
    assert asked.edit is not None
    assert asked.edit.asks
