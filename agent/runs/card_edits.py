"""Edits of held cards: an edit makes a new card, or the card stands again as it was, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from agent.pipeline import Abstain, Answer, Plan, Question, Refusal, Reply
from agent.runs.answer_phrases import check_text
from agent.runs.run import CardEdit, Run
from agent.validate.questions import join

EDITED: Final = "It was edited after it was shown, so this new card waits for a yes."
UNCHANGED: Final = "The card stays as it was."


def begin_edit(run: Run, changes: Mapping[str, str], now: datetime) -> Run:
    """The held run with parameters changed by words, to be planned again. Raises InvalidInput."""
    answers = tuple(Answer(slot=slot, text=check_text(words)) for slot, words in changes.items())
    kept = tuple(each for each in run.answers if not any(_is_about(each.slot, slot) for slot in changes))
    return run.with_(
        state="received",
        answers=(*kept, *answers),
        approvals=(),
        drift=(),
        must_wait=EDITED,
        updated_at=now,
        expires_at=None,
        edit=CardEdit(changes=changes),
        before_edit=run.with_(edit=None),
    )


def settle_edit(run: Run, verdict: Plan | Question | Refusal | Abstain | Reply) -> Run:
    """The run after its edit was planned, with the card as it was if no card comes of it. A choice among what the words
    name, and a question about another value, lead on to one. A run that nobody edits stays as it is."""
    if run.edit is None or run.before_edit is None or isinstance(verdict, Plan):
        return run.with_(edit=None, before_edit=None)
    if isinstance(verdict, Question) and (run.edit.asks or _leads_on(verdict, run.edit)):
        return run.with_(edit=run.edit.model_copy(update={"asks": True}))
    why = verdict.detail if isinstance(verdict, Refusal | Abstain) else verdict.text
    if isinstance(verdict, Question) and (
        offered := [each.label for each in verdict.candidates if each.label not in why]
    ):
        why = f"{why} It can be {join(offered, 'or')}."
    failed = run.edit.model_copy(update={"why": f"{why} {UNCHANGED}", "asks": False})
    return restore_card(run, run.updated_at).with_(edit=failed)


def restore_card(run: Run, now: datetime) -> Run:
    """The run with the card that it had before its edit."""
    if run.before_edit is None:
        raise ValueError(f"no edit of {run.id} is open")
    return run.before_edit.with_(revision=run.revision, updated_at=now)


def find_failed_edit(run: Run) -> CardEdit | None:
    """The last edit of a held card, if no new one came of it."""
    return run.edit if run.state == "held" else None


def _leads_on(question: Question, edit: CardEdit) -> bool:
    return question.code == "ambiguous" or question.slot.partition("/")[0] not in edit.changes


def _is_about(slot: str, changed: str) -> bool:
    """Whether an earlier answer's slot is the changed parameter or its record's owner (``0.invoice_id/customer``)."""
    return slot == changed or slot.startswith(changed + "/")
