"""Outcome of a run as shown: each call in words, its answer, and what may be done now."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.pipeline import CallState, Plan, RecordSource
from agent.runs.states import Planned
from agent.runs.test_mode import is_test
from agent.workspace.context import WorkspaceContext
from core import canon
from core.actor import OWNER, Actor
from core.display_text import to_display_text
from core.errors import NotCanonical
from web.console import labels
from web.console.labels import Badge

_SENTENCES = {
    "planned": "It has not been sent yet.",
    "begun": "It has been sent; the platform has not answered yet.",
    "succeeded": "The platform did it.",
    "failed": "The platform did not do it.",
    "unknown": "Nothing is repeated until a person decides.",
    "skipped": "It was not sent, because the call before it did not succeed.",
}


_TRIED = "Nothing was sent: a test key asked for this."
_AGAIN: Final[Mapping[CallState, str]] = {
    "planned": "It has not gone through yet, and will be sent again.",
    "unknown": "It is sent again under the same key, so that it happens only once.",
}
"""Of a run that goes on by itself."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call's outcome. ``answer`` is the platform's body, indented where it is JSON; in test mode an example of
    it."""

    number: int
    title: str
    state: Badge
    words: str
    call_id: str
    status: str
    attempts: int
    answer: str
    undo: str


@dataclass(frozen=True, slots=True)
class Outcome:
    headline: str
    tone: str
    calls: tuple[CallResult, ...]
    may_decide: bool
    needs_owner: bool
    test: bool = False


_HEADLINES = {
    "executing": ("Being sent", "busy"),
    "confirmed": ("Being sent", "busy"),
    "succeeded": ("Done", "good"),
    "failed": ("It failed", "bad"),
    "unknown": ("Nobody knows yet whether it happened", "bad"),
}


def make_outcome(planned: Planned, actor: Actor, context: WorkspaceContext) -> Outcome:
    run, plan = planned.run, planned.plan
    headline, tone = _HEADLINES.get(run.state, ("", "quiet"))
    test = is_test(run)
    if test and run.state == "succeeded":
        headline, tone = "Tried, and nothing was sent", "quiet"
    steps = {step.call_id: (at, step) for at, step in enumerate(plan.steps)}
    calls = []
    for each in run.outcomes:
        at, step = steps[each.call_id]
        goes_on = run.state in ("confirmed", "executing") and each.attempts > 0
        again = goes_on and each.state in _AGAIN and (step.idempotent or each.state == "planned")
        sentence = _TRIED if test else _AGAIN[each.state] if again else _SENTENCES[each.state]
        detail = "" if test and each.state == "succeeded" else to_display_text(each.detail)
        calls.append(
            CallResult(
                number=at + 1,
                title=to_display_text(step.preview or step.title),
                state=labels.SENT_AGAIN if again else labels.CALLS[each.state],
                words=" ".join(filter(None, (detail, sentence) if each.state == "unknown" else (sentence, detail))),
                call_id=each.call_id,
                status=str(each.status) if each.status is not None else "none",
                attempts=each.attempts,
                answer=_answer(each.answer),
                undo=_undo(plan, at, actor, context) if each.state == "succeeded" and not test else "",
            )
        )
    unknown = run.state == "unknown"
    return Outcome(headline, tone, tuple(calls), unknown and actor.role == OWNER, unknown and actor.role != OWNER, test)


def _answer(body: str | None) -> str:
    if not body:
        return ""
    with contextlib.suppress(NotCanonical):
        body = json.dumps(canon.loads(body), ensure_ascii=False, indent=2)
    return to_display_text(body, lines=True, limit=70_000)


def _undo(plan: Plan, at: int, actor: Actor, context: WorkspaceContext) -> str:
    """Words that ask for the reverse, for the person to look over: the reversing contract's title and what it is to be
    done to, by kind and id. A record's label may hold anything, and words of it that nothing comes of would be held
    against the card."""
    step = plan.steps[at]
    contract = context.catalogue.version(step.action, step.version)
    reverse = context.catalogue.get(contract.undo) if contract and contract.undo else None
    if reverse is None or actor.role not in reverse.roles:
        return ""
    sources = [(each.param, each.source) for each in step.filled if isinstance(each.source, RecordSource)]
    named = [
        f"{each.record_kind.replace('_', ' ')} {each.record_id}"
        for param, each in sources
        if param in reverse.properties and each.field == "id"
    ]
    title = reverse.title[:1].lower() + reverse.title[1:]
    words = ": ".join(filter(None, [title, ", ".join(named or [each.label for _, each in sources[:1]])]))
    return to_display_text(words, limit=300)
