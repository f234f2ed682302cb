"""Conversation view of a thread: the requests before and after the shown one, and the answer to a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.pipeline import Reply
from agent.query.listed import FIRST_LISTED, PAGE, introduce
from agent.runs.run import Run
from agent.runs.service import RunService
from agent.workspace import authority
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from core.display_text import begin_sentence, drop_listing, join_aside, split_listing, to_display_text
from web.console import labels
from web.console.labels import Badge

OPEN: Final = 2
"""Most turns before the shown one that are open. Earlier ones are folded."""
_CAME_CHARS: Final = 280
_HEADING_CHARS: Final = 140
"""Most characters of an answer that stands as a heading."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of the thread and its result, in a line."""

    run_id: str
    text: str
    state: Badge
    came: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Conversation around one run. A new request continues ``thread``, which is empty if the viewer may not continue
    it. ``folded`` and ``earlier`` came before the shown request, ``later`` after it. ``recalled`` are the thread's
    requests, newest first."""

    thread: str = ""
    folded: tuple[Turn, ...] = ()
    earlier: tuple[Turn, ...] = ()
    later: tuple[Turn, ...] = ()
    recalled: tuple[str, ...] = ()


NO_CONVERSATION: Final = Conversation()


@dataclass(frozen=True, slots=True)
class RecordRow:
    label: str
    detail: str
    run_id: str = ""
    """The run that it is, for an answer from history."""


@dataclass(frozen=True, slots=True)
class FittingAction:
    """An action that fits the answer. ``say`` is a request for it, to be completed or sent unchanged."""

    title: str
    say: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Answer on the page. ``text`` is the heading, ``rest`` what else there is to say. ``more`` says in words how many
    records follow the listed ones, and ``after`` is the link to them. Both are empty if there are none. ``before`` is
    the link to the previous page, or empty."""

    text: str
    records: tuple[RecordRow, ...]
    more: str
    after: str
    before: str
    actions: tuple[FittingAction, ...]
    rest: str = ""
    as_of: datetime | None = None
    """When the records were read, if they are copies."""
    history: str = ""
    """The filter of AI History that shows more, as in its page's address. Empty unless the records are runs."""
    name: str = ""
    """Label of the answer's only record. Its known facts are shown below."""


async def load_conversation(runs: RunService, viewer: Actor, run: Run, *, whole: bool = False) -> Conversation:
    """The conversation around ``run`` for ``viewer``, who asks on the console's surface. ``whole``: the earlier turns
    include the run itself."""
    if not authority.continues(viewer, "admin", run):
        return NO_CONVERSATION
    there = await runs.thread_of(viewer, run)
    earlier = tuple(_turn(each) for each in there if each.id < run.id or (whole and each.id == run.id))
    later = tuple(_turn(each) for each in there if each.id > run.id)
    cut = max(0, len(earlier) - OPEN)
    recalled = tuple(dict.fromkeys(each.text for each in reversed(there)))
    return Conversation(run.thread, earlier[:cut], earlier[cut:], later, recalled)


def make_answer_view(reply: Reply, viewer: Actor, context: WorkspaceContext, start: int = 0) -> AnswerView:
    """The view of ``reply``, with actions that the viewer may ask for. If it has a single record, each action is worded
    for that record. ``start``: the number of records before its own."""
    offers = {each.name: each for each in context.catalogue.offers(viewer.role, "admin")}
    about = f": {reply.records[0].label}" if len(reply.records) == 1 else ""
    shown = start + len(reply.records)
    left = (reply.count or 0) - shown
    told, asides = _split_listing(reply)
    told = drop_listing(told, [offers[name].title for name in reply.actions if name in offers], len(offers))
    one = reply.records[0] if len(reply.records) == 1 and not reply.history else None
    introduced = one is not None and one.detail != "" and told == begin_sentence(introduce(one.label, one.detail))
    heading, rest = (told, "") if introduced else _split_heading(told)
    return AnswerView(
        text=to_display_text(heading, limit=4000),
        rest=to_display_text(rest, limit=4000),
        records=tuple(
            RecordRow(
                to_display_text(each.label, limit=200),
                to_display_text(join_aside(aside, each.detail), limit=300),
                each.id if reply.record_kind is None and each.id.startswith("run_") else "",
            )
            for each, aside in zip(reply.records, asides or ("",) * len(reply.records), strict=True)
        ),
        more=f"and {left} more" if reply.records and left > 0 else "",
        after=f"?start={shown}" if reply.records and left > 0 else "",
        before=f"?start={max(0, start - PAGE)}" if start else "",
        as_of=datetime.fromisoformat(reply.as_of) if reply.as_of else None,
        history=reply.history,
        name=to_display_text(one.label, limit=200) if one is not None and introduced else "",
        actions=tuple(
            FittingAction(to_display_text(offers[name].title), f"{offers[name].title}{about}")
            for name in reply.actions
            if name in offers
        ),
    )


def continue_answer(first: Reply, page: Reply, start: int) -> Reply:
    """A further page of an answer, with the first page's sentence without the records that it lists."""
    told, _ = _split_listing(first)
    told = told.removesuffix(FIRST_LISTED).strip().rstrip(".")
    listed = f"{start + 1} to {start + len(page.records)}" if page.records else "there are no more"
    return page.model_copy(update={"text": f"{told}: {listed}"})


def _split_listing(reply: Reply) -> tuple[str, tuple[str, ...]]:
    """The answer's sentence without the records that are listed below it, and what it says of each of them."""
    return split_listing(reply.text, [to_display_text(each.label) for each in reply.records], reply.count)


def _split_heading(told: str) -> tuple[str, str]:
    """A short answer is the heading; a long one only up to its first colon, if that is short."""
    if len(told) <= _HEADING_CHARS:
        return told, ""
    head, _, rest = told.partition(": ")
    return (head, rest) if rest and len(head) <= _HEADING_CHARS else ("", told)


def _turn(run: Run) -> Turn:
    return Turn(run.id, labels.shorten(run.text, 240), labels.make_state_badge(run), _tell_outcome(run))


def _tell_outcome(run: Run) -> str:
    if run.reply is not None:
        came = run.reply.text
    elif run.question is not None and run.state == "asked":
        came = run.question.text
    elif run.state == "rejected" and run.reason:
        came = run.reason
    elif run.plan is not None:
        came = " ".join(to_display_text(step.preview) for step in run.plan.steps)
    else:
        came = run.refusal.detail if run.refusal is not None else ""
    return labels.shorten(came, _CAME_CHARS)
