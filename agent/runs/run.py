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

# States in which a worker may move a run. In all others it waits for a person or is over.
MOVING: Final[frozenset[RunState]] = frozenset({"received", "confirmed", "executing"})


def _drop_live(actor: Actor, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
    return {name: value for name, value in dump(actor).items() if (name, value) != ("mode", "live")}


class ThreadHandles(Value):
    """What the handles of a thread stood for when a run was resolved: records by kind and id, calls by run and call
    id."""

    records: Mapping[str, tuple[tuple[str, str], ...]] = Field(default_factory=dict)
    calls: Mapping[str, tuple[str, str]] = Field(default_factory=dict)


NO_HANDLES: Final = ThreadHandles()
MCP_SESSIONS: Final = "mcp:"
"""How the session ids of what is asked over MCP begin: no other way in makes such ids."""
StoredActor = Annotated[Actor, WrapSerializer(_drop_live)]
"""A principal in a run's document. A live one is written as before there were modes (see ``Run.mode``)."""


class Approval(Value):
    """One person's approval of one plan digest. ``actor`` is who said it, so that their right can be asked for again
    before anything is sent."""

    person: str
    name: str
    at: datetime
    digest: str
    actor: StoredActor | None = None


class Cause(Value):
    """Cause of a run that nobody typed: the event, and the rule or instruction (``source``, by its ``name``) that
    matched it."""

    event_id: str
    event: str
    source: str
    name: str


class Run(Value):
    """Everything about one request. ``state`` and ``revision`` are also columns of its row; the row is the truth for
    both.

    ``phase`` is a column of the row alone: how far a received run was, the last time that took long enough to be worth
    writing.

    ``drafts`` are the resolver's calls, kept so that answers and edits are validated again in full without resolving
    anew. ``seen_at`` is when the card was first shown to a person; ``decided_at`` when it was confirmed or rejected:
    their difference is the time somebody took to look. ``given`` marks a call that came as data instead of words
    (``Request.given``).

    A run that an event started says so in ``cause``. ``only`` narrows what may be chosen to these actions, however
    often the words are read again; ``hold`` is why a person must confirm every write, whatever the contract's policy
    says. ``must_wait`` is why the next card waits for a yes, reads and all: it takes the place of one that was held.

    ``replaced_by`` and ``withdrawn_by`` are the later run that took its place, or that took it back, before it was
    confirmed.

    ``thread_id`` is the first run of its thread. ``handles`` are what the thread's handles stood for when its words
    were resolved: later turns and answers don't change what a stored proposal speaks of.

    ``zone`` is the time zone, by its IANA name, that its words are read in: a day begins when it begins there. It is
    left out where it is UTC, so that an old process beside this one can't read another's day as UTC's.

    ``mode`` is its principal's: what is asked in mode ``test`` is worked out, held and confirmed like anything, and
    never sent. It is left out of a live run's document, so that an old process beside this one reads those as ever, and
    can't read (and so can't send) the others.
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
    # Written only if it says something. An old process beside this one can't read such a run, and so can't send it at
    # once.
    must_wait: str = Field(default="", exclude_if=lambda why: not why)
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
