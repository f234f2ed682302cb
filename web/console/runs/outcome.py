"""Outcome of a run on its page: each call in words, its answer, and the possible next steps."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.pipeline import CallOutcome, CallState, RecordSource, RunState, Step
from agent.planning.reversal import find_undone_records
from agent.runs.states import Planned
from agent.runs.test_mode import is_test
from agent.validate.condition_words import describe_condition
from agent.workspace.context import WorkspaceContext
from core import canon
from core.actor import OWNER, Actor
from core.display_text import to_display_text
from core.error_answer import find_sentence
from core.errors import NotCanonical
from registry.confirmation import Policy
from web.console import labels
from web.console.labels import Badge

_GOES_ON: Final = "If you say that it happened, or send it again, the calls after it are sent too."
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
"""For a run that goes on by itself."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call's outcome. ``answer`` is the platform's body (indented if it is JSON), or in test mode an example.
    ``open``: the answer is shown open, because nothing else says what went wrong."""

    number: int
    title: str
    state: Badge
    words: str
    call_id: str
    status: str
    attempts: int
    answer: str
    undo: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    headline: str
    tone: str
    calls: tuple[CallResult, ...]
    may_decide: bool
    needs_owner: bool
    test: bool = False
    sent_again: str = ""
    """What happens if an unknown call is sent again. Empty if this person may not do that."""
    unasked: str = ""
    """Why it was sent without anybody's yes. Empty if somebody gave one."""
    repeats: str = ""
    """That the very same was done right before. Empty if it wasn't."""
    goes_on: str = ""
    """Which decisions send the remaining calls. Empty if there are none, or if this person may not decide."""


_SENT_AGAIN: Final = {
    True: "Sent again, it has the same key: a platform that has it already does not do it twice.",
    False: "Sent again, it may happen twice: this action does not promise to be done once.",
}
_UNASKED: Final[Mapping[Policy, str]] = {
    Policy.NEVER: "this action needs no yes.",
    Policy.WHEN: "this action needs a yes only under a condition, and that did not apply.",
    Policy.ONCE_PER_SESSION: "this action needs a yes once a session, and that was given before.",
}
_PARTLY: Final[Mapping[RunState, str]] = {
    "failed": "and the next failed",
    "unknown": "and nobody knows yet about the next",
}
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
    done = sum(each.state == "succeeded" for each in run.outcomes)
    if done and run.state in _PARTLY:
        headline = f"{done} of {len(run.outcomes)} done, {_PARTLY[run.state]}"
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
                words=_join_words(each.state, sentence, detail, find_sentence(each.answer)),
                call_id=each.call_id,
                status=str(each.status) if each.status is not None else "none",
                attempts=each.attempts,
                answer=_answer(each.answer),
                undo=_undo(step, each, actor, context) if each.state == "succeeded" and not test else "",
                open=each.state == "failed" and bool(each.answer) and not find_sentence(each.answer),
            )
        )
    unknown = run.state == "unknown"
    may_decide = unknown and actor.role == OWNER
    open_calls = [steps[each.call_id][1] for each in run.outcomes if each.state == "unknown"]
    reasons = dict.fromkeys(_tell_unasked(step, context) for step in plan.steps if step.policy in _UNASKED)
    return Outcome(
        headline,
        tone,
        tuple(calls),
        may_decide,
        unknown and not may_decide,
        test,
        sent_again=_SENT_AGAIN[all(step.idempotent for step in open_calls)] if may_decide else "",
        unasked=" ".join(f"Sent at once: {each}" for each in reasons)
        if not run.approvals and not plan.approvals and not test
        else "",
        repeats=run.repeats,
        goes_on=_GOES_ON if may_decide and any(each.state == "skipped" for each in run.outcomes) else "",
    )


def _tell_unasked(step: Step, context: WorkspaceContext) -> str:
    """Why a call needed nobody's yes, with its contract's condition if there are words for that."""
    if step.policy is Policy.WHEN:
        contract = context.catalogue.version(step.action, step.version)
        values = {each.param: each.value for each in step.filled}
        if words := describe_condition(contract, values) if contract else None:
            return to_display_text(f"this action needs a yes only when {words}.")
    return _UNASKED[step.policy]


def _join_words(state: CallState, sentence: str, detail: str, said: str) -> str:
    """Joins the sentences about a call. ``detail`` comes from the call's record, ``said`` from the platform."""
    if state == "unknown":
        return f"{detail} {sentence}".strip()
    if state == "skipped":
        return detail or sentence
    told = f"It says: “{said}”" if state == "failed" and said and said not in detail else ""
    return " ".join(filter(None, (sentence, detail, told)))


def _answer(body: str | None) -> str:
    if not body:
        return ""
    with contextlib.suppress(NotCanonical):
        body = json.dumps(canon.loads(body), ensure_ascii=False, indent=2)
    return to_display_text(body, lines=True, limit=70_000)


def _undo(step: Step, outcome: CallOutcome, actor: Actor, context: WorkspaceContext) -> str:
    """Words that ask for the reverse, for the person to check: the reversing contract's title, and the records that it
    needs by kind and id, also one that only the call's answer names. A record's label isn't used: it may contain any
    words, and unused ones would be a reason against the card."""
    contract = context.catalogue.version(step.action, step.version)
    reverse = context.catalogue.get(contract.undo) if contract and contract.undo else None
    if reverse is None or actor.role not in reverse.roles:
        return ""
    undone = (find_undone_records(step, outcome, reverse) or {}).values()
    words, apart = reverse.title[:1].lower() + reverse.title[1:], list[str]()
    for kind, record_id in undone:
        noun = kind.replace("_", " ")
        place = re.search(rf"\ban?\s+((?:[\w-]+\s+)?{re.escape(noun)})\b", words, re.IGNORECASE)
        if place is None:
            apart.append(f"{noun} {record_id}")
        else:  # "take a credit back" is "take credit 7 back" then
            words = f"{words[: place.start()]}{place[1]} {record_id}{words[place.end() :]}"
    if not undone:
        apart = [each.source.label for each in step.filled if isinstance(each.source, RecordSource)][:1]
    words = ": ".join(filter(None, [words, ", ".join(apart)]))
    return to_display_text(words, limit=300)
