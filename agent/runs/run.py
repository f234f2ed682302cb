"""Run: one request from its words to its outcome, as it is stored and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from agent.pipeline import (
    Answer,
    CallOutcome,
    Draft,
    GivenBy,
    Phase,
    Plan,
    Question,
    Refusal,
    Reply,
    Request,
    RunState,
    Trace,
    Value,
)
from agent.planning.proposal import Proposal
from core.actor import Actor, Mode, Surface
from core.clock import find_zone

# States in which a worker may move a run. In all others it waits for a person or is finished.
MOVING: Final[frozenset[RunState]] = frozenset({"received", "confirmed", "executing"})


def _drop_live(actor: Actor, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
    return {name: value for name, value in dump(actor).items() if (name, value) != ("mode", "live")}


class ThreadHandles(Value):
    """What the handles of a thread referred to when a run was resolved: records by kind and id, calls by run and call
    id."""

    records: Mapping[str, tuple[tuple[str, str], ...]] = Field(default_factory=dict)
    calls: Mapping[str, tuple[str, str]] = Field(default_factory=dict)


NO_HANDLES: Final = ThreadHandles()
MCP_SESSIONS: Final = "mcp:"
"""Prefix of the session ids of requests over MCP. Requests from elsewhere never have it."""
StoredActor = Annotated[Actor, WrapSerializer(_drop_live)]
"""A principal in a run's document. A live one is written as before modes existed (see ``Run.mode``)."""


class Approval(Value):
    """One person's approval of one plan digest. ``actor`` is that person, so that their right can be checked again
    before anything is sent."""

    person: str
    name: str
    at: datetime
    digest: str
    actor: StoredActor | None = None


class CardEdit(Value):
    """An edit of a held card: the typed words by slot (``0.amount`` → "20 dollars"). ``asks``: a question about it is
    open. ``why`` is why no new card came of it, so that the card stands as it was."""

    changes: Mapping[str, str]
    asks: bool = False
    why: str = ""


class Cause(Value):
    """Cause of a run that nobody typed: the event, and the rule or instruction (``source``, by its ``name``) that
    matched it."""

    event_id: str
    event: str
    source: str
    name: str


class Run(Value):
    """Everything about one request. ``state`` and ``revision`` are also columns of its row, and the row's values are
    authoritative.

    ``phase`` is only a column of the row. It is the last stored phase of a received run, and only phases that last long
    enough are stored.

    ``drafts`` are the resolver's calls, stored so that answers and edits are validated again completely without another
    resolution. ``held_at`` is when the card was made, and ``decided_at`` when it was confirmed or rejected. Their
    difference is the time for which it waited. ``given`` marks a call that came as data
    instead of words (``Request.given``).

    ``cause`` is set if an event started the run. ``only`` limits the choice to these actions, however often the words
    are resolved again. ``hold`` is why a person must confirm every write, whatever the contract's policy says.
    ``must_wait`` is why the next card must be confirmed, even one that only reads: it replaces a held card.

    ``repeats`` tells that the same person had the same calls sent right before.

    ``edit`` is the last edit of its card while no new card has come of it, and ``before_edit`` the held run that it
    began with: it stands again if none comes.

    ``rejected_by`` is who rejected it, or stopped it while it was worked out. ``replaced_by`` and ``withdrawn_by`` are
    the later run that replaced or withdrew this one before it was confirmed.

    ``thread_id`` is the first run of its thread. ``handles`` are what the thread's handles referred to when its words
    were resolved: later turns and answers don't change the meaning of a stored proposal.

    ``zone`` is the time zone of its words, by IANA name: days begin in this zone. It is left out if it is UTC, so that
    an older process beside this one can't read another zone's day as UTC's.

    ``mode`` is the mode of its principal. A request in mode ``test`` is resolved, held and confirmed like any other,
    but never sent. The mode is left out of a live run's document. An older process beside this one then reads live runs
    as before, and can't read (and so can't send) test runs.
    """

    id: str
    workspace: str
    session_id: str
    actor: StoredActor
    surface: Surface
    text: str
    now: datetime
    zone: Annotated[str, Field(exclude_if=lambda zone: zone == "UTC")] = "UTC"
    given: GivenBy | None = None
    cause: Cause | None = None
    only: tuple[str, ...] | None = None
    hold: str = ""
    # Written only if it isn't empty. An older process beside this one can't read such a run, and so can't send it at
    # once.
    must_wait: str = Field(default="", exclude_if=lambda why: not why)
    repeats: str = Field(default="", exclude_if=lambda told: not told)
    edit: CardEdit | None = Field(default=None, exclude_if=lambda edit: edit is None)
    before_edit: Run | None = Field(default=None, exclude_if=lambda run: run is None)
    mode: Annotated[Mode, Field(exclude_if=lambda mode: mode == "live")] = "live"
    state: RunState = "received"
    phase: Phase | None = Field(default=None, exclude=True)
    revision: int = 1
    request_id: str | None = None
    answers: tuple[Answer, ...] = ()
    thread_id: str | None = None
    handles: ThreadHandles = Field(default=NO_HANDLES, exclude_if=lambda each: each == NO_HANDLES)
    drafts: tuple[Draft, ...] = ()
    proposal: Proposal | None = None
    reply: Reply | None = None
    confidence: float | None = None
    trace: Trace | None = None
    question: Question | None = None
    plan: Plan | None = None
    refusal: Refusal | None = None
    approvals: tuple[Approval, ...] = ()
    drift: tuple[str, ...] = ()
    outcomes: tuple[CallOutcome, ...] = ()
    reason: str | None = None
    rejected_by: StoredActor | None = Field(default=None, exclude_if=lambda by: by is None)
    replaced_by: str | None = Field(default=None, exclude_if=lambda by: by is None)
    withdrawn_by: str | None = Field(default=None, exclude_if=lambda by: by is None)
    expires_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    held_at: datetime | None = None
    decided_at: datetime | None = None

    @property
    def thread(self) -> str:
        """The thread of the run, named by its first run, perhaps itself."""
        return self.thread_id or self.id

    @property
    def via(self) -> Literal["mcp"] | None:
        """The channel of the request, if it is worth mentioning. Its session tells."""
        return "mcp" if self.session_id.startswith(MCP_SESSIONS) else None

    @property
    def request(self) -> Request:
        now = self.now.astimezone(find_zone(self.zone))
        return Request(text=self.text, now=now, surface=self.surface, answers=self.answers, given=self.given)

    @property
    def actions(self) -> tuple[str, ...]:
        if self.plan:
            return tuple(step.action for step in self.plan.steps)
        return tuple(draft.action for draft in self.drafts)

    @property
    def digest(self) -> str | None:
        return self.plan.digest if self.plan else None

    def with_(self, **changes: object) -> Run:
        return self.model_copy(update=changes)
