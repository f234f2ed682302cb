"""Question of a run, with the choices and the input for an answer in words."""

from __future__ import annotations

from dataclasses import dataclass

from agent.pipeline import Question
from agent.runs.run import Run
from agent.workspace import authority
from core.actor import Actor
from core.display_text import drop_choices, to_display_text
from web.console import labels


@dataclass(frozen=True, slots=True)
class AnswerOption:
    number: int
    id: str
    label: str
    detail: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """Question on the page. ``label`` is that of the input for an answer in words. ``edits``: it is about an edit of a
    card, which stands again if the edit is dropped."""

    slot: str
    text: str
    options: tuple[AnswerOption, ...]
    free_text: bool
    label: str
    mine: bool
    edits: bool = False
    statement: bool = False
    """Whether it only says why nothing can be done. The input is folded then."""


def make_question_view(question: Question, run: Run, viewer: Actor) -> QuestionView:
    options = tuple(
        AnswerOption(
            at + 1,
            each.id,
            to_display_text(each.label),
            to_display_text(each.detail),
            tuple(to_display_text(mark) for mark in each.marks),
        )
        for at, each in enumerate(question.candidates)
    )
    text = to_display_text(drop_choices(question.text, [(each.label, each.detail) for each in question.candidates]))
    return QuestionView(
        question.slot,
        text,
        options,
        question.free_text,
        _label_input(question, text),
        authority.owns(viewer, run),
        run.before_edit is not None,
        labels.states_only(question),
    )


def _label_input(question: Question, text: str) -> str:
    if question.candidates:
        return "Or say it in your own words"
    if text.endswith("?"):
        return "Your answer"
    return "Say it another way" if question.code == "unreadable" else "Say which you mean"
