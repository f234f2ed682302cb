"""Thread answers: what a question about the conversation itself is answered with, from its runs: "did that go
through?", "what did I just do?", "why?", "what is still waiting?"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from agent.pipeline import Reply, RunState
from agent.runs.run import Run
from agent.validate.questions import preview_steps
from core.display_text import begin_sentence
from language.stems import stem, stem_text
from language.text import read_text, word_set

MOST_LISTED: Final = 5
_PAIR: Final = 2
About = Literal["what was done", "why", "what waits"]
_ASKS: Final = word_set("what what's which who why how did has have had is are was were does do any anything")
_SEVERAL: Final = word_set("both all they these them everything")
_BESIDE: Final = _ASKS | word_set(
    "it that this they them these everything all both out i you he she we me my mine us our the a an be been being "
    "just now already yet still really then so there here for on of to at by not didn't hasn't haven't isn't wasn't "
    "come left held card cards one ones thing things something last ok okay right"
)
_DONE: Final = word_set(
    "through went gone go worked work happened happen sent done did succeeded succeed finished do ask asked order "
    "ordered request requested get got receive received arrive arrived"
)
_WHY: Final = word_set("why how")
_WAITS: Final = word_set("wait waits waiting pending confirm confirmed confirmation approve approved approval yes")
_TOLD: Final[Mapping[RunState, str]] = {
    "held": "This waits for a yes, and nothing of it was sent yet: {}.",
    "confirmed": "This is being sent: {}.", "executing": "This is being sent: {}.",
    "succeeded": "This was done: {}.", "failed": "This failed: {}.",
    "unknown": "Whether this happened is not known yet: {}.",
    "rejected": "This was dropped, and nothing was sent: {}.",
    "expired": "Nobody confirmed this in time, and nothing was sent: {}.",
}  # fmt: skip
_CAME_TO_NOTHING: Final[frozenset[RunState]] = frozenset(("answered", "abstained", "refused"))


def read_thread_question(text: str, deeds: Collection[str] = ()) -> About | None:
    """What a text asks about the conversation. None if it says anything else. ``deeds`` are the stems of what its
    latest calls are called: "what did I just move?"."""
    said = [token.low for token in read_text(text).tokens if token.word]
    called = {each for each in said if each not in _BESIDE and stem(each) in deeds}
    words = set(said) - called
    if not said or said[0] not in _ASKS or not words <= _BESIDE | _DONE | _WHY | _WAITS:
        return None
    if said[0] == "why" or words <= {"how", "come", "that", "so", "is"}:
        return "why"
    if words & _WAITS:
        return "what waits"
    done = words & _DONE - {"do"} or {"did", "do"} <= words or (called and {"i", "we", "you"} & words)
    return "what was done" if done else None


def list_deeds(earlier: Sequence[Run]) -> set[str]:
    """The stems of what the latest calls of a thread are called."""
    plan = next((run.plan for run in reversed(earlier) if run.plan is not None), None)
    return {word for step in (plan.steps if plan is not None else ()) for word in stem_text(step.title)}


def tell_of_thread(about: About, earlier: Sequence[Run], waiting: Sequence[Run], text: str = "") -> Reply | None:
    """The answer, from the runs of the thread (oldest first) and the cards that wait for the person. None if they hold
    none. ``text`` is the question, which may be about several runs."""
    idle = {"answered"} if about == "why" else _CAME_TO_NOTHING
    last = next((run for run in reversed(earlier) if run.state not in idle), None)
    last = last or next((run for run in reversed(earlier) if run.state != "answered"), None)
    if about == "what waits":
        return _list_waiting(waiting)
    if last is None:
        return None
    words = set(text.casefold().split()) & _SEVERAL
    planned = [run for run in earlier if run.plan is not None and run.state in _TOLD]
    every = planned[-(_PAIR if "both" in words else MOST_LISTED) :] if words and len(planned) > 1 else [last]
    told = _explain(last) if about == "why" else " ".join(map(_tell_state, every))
    return Reply(text=begin_sentence(told)) if told else None


def _list_waiting(waiting: Sequence[Run]) -> Reply:
    does = [preview_steps(run.plan.steps) for run in waiting if run.plan is not None]
    if not does:
        return Reply(text="Nothing waits for your yes.")
    more = f" And {len(does) - MOST_LISTED} more." if len(does) > MOST_LISTED else ""
    many = "One card waits" if len(does) == 1 else f"{len(does)} cards wait"
    return Reply(text=f"{many} for your yes: {'. '.join(does[:MOST_LISTED])}.{more}", values=(str(len(does)),))


def _tell_state(run: Run) -> str:
    if run.plan is None or run.state not in _TOLD:
        return _explain(run)
    failed = " ".join(each.detail for each in run.outcomes if each.detail and each.state != "succeeded")
    return f"{_TOLD[run.state].format(preview_steps(run.plan.steps))} {failed}".strip()


def _explain(run: Run) -> str:
    """Why a run stands as it does. Empty where that says itself."""
    match run.state:
        case "held" if run.plan is not None:
            return f"It waits for a yes: {' '.join(run.plan.held)}"
        case "asked" if run.question is not None:
            return f"Nothing was done: {run.question.text}"
        case "abstained" | "refused" if run.refusal is not None:
            return run.refusal.detail
        case "failed" | "unknown":
            return " ".join(each.detail for each in run.outcomes if each.detail)
    return ""
