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
About = Literal["what was done", "what became of all", "why", "what waits"]
_WHETHER: Final = word_set("did has have had is are was were does do")
_ASKS: Final = _WHETHER | word_set("what what's which who why how any anything")
_SEVERAL: Final = word_set("both all they these them everything")
_BESIDE: Final = (
    _ASKS
    | _SEVERAL
    | word_set(
        "it that this out i you he she we me my mine us our the a an be been being just now "
        "already yet still really then so there here for on of to at by not didn't hasn't haven't isn't wasn't come left "
        "held card cards one ones thing things something last ok okay right"
    )
)
_DONE: Final = word_set(
    "through went gone go worked work happened happen sent done did succeeded succeed finished do ask asked order "
    "ordered request requested get got receive received arrive arrived"
)
_WHY: Final = word_set("why how")
_WAITS: Final = word_set("wait waits waiting pending confirm confirmed confirmation approve approved approval yes")
_TOLD: Final[Mapping[RunState, tuple[str, str]]] = {
    "held": ("Not yet. ", "This waits for a yes, and nothing of it was sent yet: {}."),
    "confirmed": ("", "This is being sent: {}."), "executing": ("", "This is being sent: {}."),
    "succeeded": ("Yes. ", "This was done: {}."), "failed": ("No. ", "This failed: {}."),
    "unknown": ("", "Whether this happened is not known yet: {}."),
    "rejected": ("No. ", "This was dropped, and nothing was sent: {}."),
    "expired": ("No. ", "Nobody confirmed this in time, and nothing was sent: {}."),
}  # fmt: skip
"""What is said of a run in a state, and before it where whether it happened was asked."""

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
    if not (words & _DONE - {"do"} or {"did", "do"} <= words or (called and {"i", "we", "you"} & words)):
        return None
    return "what was done" if words.isdisjoint(_SEVERAL) else "what became of all"


def list_deeds(earlier: Sequence[Run]) -> set[str]:
    """The stems of what the latest calls of a thread are called."""
    plan = next((run.plan for run in reversed(earlier) if run.plan is not None), None)
    return {word for step in (plan.steps if plan is not None else ()) for word in stem_text(step.title)}


def tell_of_thread(about: About, earlier: Sequence[Run], waiting: Sequence[Run], text: str = "") -> Reply | None:
    """The answer, from the runs of the thread (oldest first) and the cards that wait for the person. None if they hold
    none. ``text`` is the question."""
    words = text.casefold().split() or [""]
    idle = {"answered"} if about == "why" else _CAME_TO_NOTHING
    last = next((run for run in reversed(earlier) if run.state not in idle), None)
    last = last or next((run for run in reversed(earlier) if run.state != "answered"), None)
    if about == "what waits":
        return _list_waiting(waiting)
    if last is None:
        return None
    if about == "why" or last.plan is None or last.state not in _TOLD:
        told = _explain(last)
    else:
        planned = [run for run in earlier if run.plan is not None and run.state in _TOLD]
        most = MOST_LISTED if "both" not in words else _PAIR
        every = planned[-most:] if about == "what became of all" and len(last.plan.steps) == 1 else [last]
        told = _tell_states(every, whether=words[0] in _WHETHER)
    return Reply(text=begin_sentence(told)) if told else None


def _list_waiting(waiting: Sequence[Run]) -> Reply:
    does = [preview_steps(run.plan.steps) for run in waiting if run.plan is not None]
    if not does:
        return Reply(text="Nothing waits for your yes.")
    more = f" And {len(does) - MOST_LISTED} more." if len(does) > MOST_LISTED else ""
    many = "One card waits" if len(does) == 1 else f"{len(does)} cards wait"
    return Reply(text=f"{many} for your yes: {'. '.join(does[:MOST_LISTED])}.{more}", values=(str(len(does)),))


def _tell_states(runs: Sequence[Run], *, whether: bool) -> str:
    """What became of these runs, those of one state together. ``whether`` it happened is answered where all agree."""
    by_state: dict[tuple[str, str], list[str]] = {}
    for run in runs:
        by_state.setdefault(_TOLD[run.state], []).append(preview_steps(run.plan.steps if run.plan is not None else ()))
    told = [sentence.format(". ".join(does)) for (_, sentence), does in by_state.items()]
    failed = [each.detail for run in runs for each in run.outcomes if each.detail and each.state != "succeeded"]
    answer = next(iter(by_state))[0] if whether and len(by_state) == 1 else ""
    return f"{answer}{' '.join([*told, *failed])}"


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
