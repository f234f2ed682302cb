"""Verdicts of planning: what a planned run becomes, with the history entry that says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Abstain, Plan, Question, Refusal, RefusalCode, Reply
from agent.runs.card_edits import settle_edit
from agent.runs.run import Run


def settle_run(
    run: Run, verdict: Plan | Question | Refusal | Abstain | Reply, question_expires_s: int
) -> tuple[Run, EntryType, dict[str, Any]]:
    """The received run in the state that its verdict leads to, and the type and data of its entry."""
    run = settle_edit(run, verdict)
    if run.state == "held" and run.edit is not None:  # its card stands again
        return run, EntryType.EDIT_DROPPED, {"reason": run.edit.why}
    match verdict:
        case Plan() if verdict.held:
            expires = run.updated_at + timedelta(seconds=verdict.expires_s)
            run = run.with_(state="held", plan=verdict, approvals=(), expires_at=expires, held_at=run.updated_at)
            entry = {"plan": recorder.describe_plan(verdict, run.zone), "expires_at": expires.isoformat()}
            return run, EntryType.HELD, entry
        case Plan():
            run = run.with_(state="confirmed", plan=verdict, approvals=(), held_at=None)
            return run, EntryType.AUTO_CONFIRMED, {"plan": recorder.describe_plan(verdict, run.zone)}
        case Question():
            expires = run.updated_at + timedelta(seconds=question_expires_s)
            run = run.with_(state="asked", question=verdict, plan=None, expires_at=expires)
            return run, EntryType.ASKED, {"question": verdict.model_dump(mode="json")}
        case Abstain():
            code: RefusalCode = "too_complex" if verdict.reason == "too_complex" else "no_match"
            refusal = Refusal(code=code, detail=verdict.detail, nearest=verdict.nearest, about=verdict.named)
            run = run.with_(state="abstained", refusal=refusal, plan=None)
            entry = {"reason": verdict.reason, "detail": verdict.detail, "nearest": list(verdict.nearest)}
            return run, EntryType.ABSTAINED, entry
        case Reply():
            run = run.with_(state="answered", reply=verdict, plan=None)
            return run, EntryType.REPLIED, {"reply": verdict.model_dump(mode="json")}
        case Refusal():
            run = run.with_(state="refused", refusal=verdict, plan=None)
            return run, EntryType.REFUSED, {"refusal": verdict.model_dump(mode="json")}
