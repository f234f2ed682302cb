"""Labels: states, risks, sources and times in words for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from agent.pipeline import (
    CallState,
    ComputedSource,
    DefaultSource,
    Evidence,
    GivenSource,
    PromptSource,
    ProposedSource,
    Question,
    RecordSource,
    RunState,
    Source,
    Span,
)
from agent.runs.decisions import CANCELLED
from agent.runs.run import Run
from core.actor import Actor
from core.display_text import to_display_text
from core.run_words import RISK_WORDS, STATE_WORDS
from registry.contract import Risk


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone: ``quiet``, ``busy``, ``wait``, ``good`` or ``bad``."""

    text: str
    tone: str


STATES: Final[Mapping[RunState, Badge]] = {
    "received": Badge(STATE_WORDS["received"], "busy"),
    "asked": Badge(STATE_WORDS["asked"], "wait"),
    "held": Badge(STATE_WORDS["held"], "wait"),
    "confirmed": Badge(STATE_WORDS["confirmed"], "busy"),
    "executing": Badge(STATE_WORDS["executing"], "busy"),
    "succeeded": Badge(STATE_WORDS["succeeded"], "good"),
    "failed": Badge(STATE_WORDS["failed"], "bad"),
    "unknown": Badge(STATE_WORDS["unknown"], "bad"),
    "refused": Badge(STATE_WORDS["refused"], "quiet"),
    "abstained": Badge(STATE_WORDS["abstained"], "quiet"),
    "answered": Badge(STATE_WORDS["answered"], "quiet"),
    "rejected": Badge(STATE_WORDS["rejected"], "quiet"),
    "expired": Badge(STATE_WORDS["expired"], "quiet"),
}
CALLS: Final[Mapping[CallState, Badge]] = {
    "planned": Badge("waits for its turn", "quiet"),
    "begun": Badge("under way", "busy"),
    "succeeded": Badge("done", "good"),
    "failed": Badge("failed", "bad"),
    "unknown": Badge("unknown", "bad"),
    "skipped": Badge("not sent", "quiet"),
}
SENT_AGAIN: Final = Badge("trying again", "busy")
"""A call that waits for its next attempt."""
RISKS: Final[Mapping[Risk, Badge]] = {
    Risk.READ: Badge(RISK_WORDS[Risk.READ], "quiet"),
    Risk.WRITE: Badge(RISK_WORDS[Risk.WRITE], "wait"),
    Risk.IRREVERSIBLE: Badge(RISK_WORDS[Risk.IRREVERSIBLE], "bad"),
}
MOVING: Final[Mapping[RunState, str]] = {
    "received": "Working it out",
    "confirmed": "Doing it",
    "executing": "Doing it",
}
STEPS: Final[Mapping[RunState, tuple[tuple[str, str], ...]]] = {
    "received": (
        ("choosing", "Finding the one action that does this"),
        ("looking", "Looking up who and what is meant"),
        ("checking", "Checking what it would send, and who may"),
    ),
    "confirmed": (
        ("confirmed", "Checking again that nothing has changed"),
        ("executing", "Signed and sent; waiting for the platform's answer"),
    ),
}
"""The steps of a moving run, by the state in which each step begins: the step's name, and its label."""


_BREAKS: Final = re.compile(r"[ \t\r\n]+")
_CANCELLED: Final = Badge("cancelled", "quiet")
_REPLACED: Final = Badge("replaced", "quiet")
_TAKEN_BACK: Final = Badge("taken back", "quiet")
_WORDS: Final[Mapping[str, str]] = {str(each): badge.text for each, badge in (*STATES.items(), *RISKS.items())}
DOUBTS: Final[Mapping[Evidence, str]] = {"read": "read from your words", "proposed": "proposed by the model"}
"""Warning at a value on a card that no code vouches for."""
_QUOTED_CHARS: Final = 80
_AS_OF: Final = "as of "
"""How the part of a record's source begins that says when it was read, if that wasn't for this request."""
_TIMES: Final = {1: "", 2: " twice"}
_GIVERS: Final = {"api": "the API key", "event": "the event"}


def is_cancelled(run: Run) -> bool:
    """Whether a run was stopped while it was being resolved."""
    return run.state == "rejected" and run.reason == CANCELLED


def states_only(question: Question) -> bool:
    """Whether a question only says what is so of a record: "Ada is suspended already". Another may still be named."""
    return question.about is not None and not question.candidates and not question.text.rstrip().endswith("?")


def make_state_badge(run: Run) -> Badge:
    """State of a run as a badge. What only says why nothing can be done is no question to people."""
    if is_cancelled(run):
        return _CANCELLED
    if run.state == "asked" and run.question is not None and states_only(run.question):
        return STATES["abstained"]
    if run.state == "refused" and run.refusal is not None and run.refusal.code == "condition_unmet":
        return STATES["abstained"]
    return find_withdrawal(run) or STATES[run.state]


def find_withdrawal(run: Run) -> Badge | None:
    """How a later run of the same person withdrew this one, or None. A typed reason doesn't count."""
    if run.replaced_by is not None:
        return _REPLACED
    return _TAKEN_BACK if run.withdrawn_by is not None else None


def format_name(name: str) -> str:
    """A state or a risk with its badge's words (``abstained`` → “nothing done”), any other name without
    underscores."""
    return _WORDS.get(name, name.replace("_", " "))


def shorten(text: str, limit: int) -> str:
    """Typed text, on one line of a list."""
    return to_display_text(_BREAKS.sub(" ", text), limit=limit)


def describe_beyond(title: str, description: str) -> str:
    """A description, or nothing if it only repeats the title, as in many imported contracts."""
    return "" if description.rstrip(".").casefold() == title.rstrip(".").casefold() else description


def name_actions(titles: Sequence[str]) -> str:
    """``Close a ticket, 3 times``, or for different titles ``Close a ticket, Reply twice``."""
    counted = {title: titles.count(title) for title in titles}
    if len(counted) == 1 and len(titles) > 1:
        return f"{titles[0]}, {len(titles)} times"
    return ", ".join(f"{title}{_TIMES.get(count, f' {count} times')}" for title, count in counted.items())


def describe_source(run: Run, given: Source, viewer: str, shown: str = "", beside: Sequence[RecordSource] = ()) -> str:
    """The source of a value: ‘you said “20 dollars”’, ‘refundable of INV-1042, found by “Adam's last invoice”’. It
    doesn't repeat the value ``shown`` beside it. If one of the values ``beside`` it in the same call is the only record
    of its kind, its fields are called fields of "this invoice"."""
    match given:
        case DefaultSource():
            return "the contract's default"
        case GivenSource():
            reading = f", {given.reading}" if given.reading else ""
            return to_display_text(f"given by {_GIVERS[given.by]} {given.ref} at {given.pointer}{reading}")
        case PromptSource():
            if _is_whole(run, given, shown):
                return f"{name_asker(run, viewer)} {_verb(run, given.spans)} it in these words"
            said, _, read = given.reading.rpartition(" → ")
            reading = read if said in _words(run, given.spans) else given.reading
            told = f", read as {reading}" if reading.replace("_", " ") not in ("", shown) else ""
            return to_display_text(f"{_quote_request(run, given.spans, viewer)}{told}")
        case ComputedSource():
            said = f" ({_quote_request(run, given.spans, viewer)})" if given.spans else ""
            return to_display_text(f"worked out: {given.reading}{said}")
        case ProposedSource():
            return to_display_text("proposed by the model" + (f", with {given.reading}" if given.reading else ""))
        case RecordSource() if [given.record_id] == [
            each.record_id for each in beside if each.record_kind == given.record_kind
        ] and given.field != "id":
            this = given.record_kind.rpartition(".")[2].replace("_", " ")
            return to_display_text(f"{given.field.replace('_', ' ')} of this {this}")
        case RecordSource():
            return to_display_text(_tell_record(run, given, shown))


def _tell_record(run: Run, given: RecordSource, shown: str) -> str:
    """A record's source: the field if it isn't the record itself, how the record was chosen, whose it is, the words
    that found it, what was seen beside it, and when it was read if that wasn't for this request."""
    parts = given.reading.split("; ")
    dated = [each for each in parts if each.startswith(_AS_OF)]
    chosen, *beside = [each for each in parts if each not in dated] or [""]
    quoted = quote_spans(run, given.spans)
    found = f"found by {quoted}" if quoted else ""
    whose = f"of {', '.join(given.via)}" if given.via else ""
    is_shown = given.field == "id" and given.label == shown and (quoted or given.reading)
    named = "" if is_shown else f"{given.field.replace('_', ' ')} of {given.label}"
    first = [named, f"{chosen} {whose}".strip(), found] if chosen or named else [found, whose]
    if not (named or found or dated):
        first.append("looked up")
    told = "; ".join([", ".join(filter(None, first)), *beside])
    return ", ".join(filter(None, [told, *dated]))


def quote_spans(run: Run, spans: Sequence[Span]) -> str:
    """The words of the spans, on one line."""
    return " and ".join(f"“{' '.join(each.split())}”" for each in _words(run, spans))


def _words(run: Run, spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.request.words(span.origin)[span.start : span.end] for span in spans))


def name_asker(run: Run, viewer: str) -> str:
    """Who asked: a person or key, or the rule or instruction that an event set off."""
    if run.cause is not None:
        return f"the {run.cause.source} “{to_display_text(run.cause.name, limit=60)}”"
    return "you" if run.actor.person == viewer else name_actor(run.actor, 60)


def name_asker_in_full(run: Run, limit: int) -> str:
    """Who asked, and in whose name a rule or instruction did."""
    name = name_actor(run.actor, limit)
    return f"{name_asker(run, '')} for {name}" if run.cause is not None else name


def name_actor(actor: Actor, limit: int) -> str:
    """A person's name, or that of a key, marked as one."""
    name = to_display_text(actor.name, limit=limit)
    return f"key “{name}”" if actor.kind == "key" else name


def _quote_request(run: Run, spans: Sequence[Span], viewer: str) -> str:
    return f"{name_asker(run, viewer)} {_verb(run, spans)} {quote_spans(run, spans)}"


def _verb(run: Run, spans: Sequence[Span]) -> str:
    return "chose" if spans and all(was_chosen(run, span.origin) for span in spans) else "said"


def was_chosen(run: Run, origin: int) -> bool:
    """Whether the text is a choice that a question offered. Other texts were typed: as the request, as an answer or as
    a value of a card."""
    return origin > 0 and run.answers[origin - 1].choice is not None


def _is_whole(run: Run, given: PromptSource, shown: str) -> bool:
    """Whether the value is a long text, word for word: a quotation would show it twice."""
    return len(shown) > _QUOTED_CHARS and _words(run, given.spans) == (shown,)


def count_hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)


def format_percent(share: float) -> str:
    """``98.2 %``. Never rounded up to 100 % or down to 0 %."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(share * 100, 0.1), 99.9):.1f} %"
