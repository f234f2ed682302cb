"""What the server answers. Made of its OpenAPI document by scripts/generate.py; don't change it by hand.

Times are ISO 8601 text. A newer server may answer members and states that are not listed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Optional, Union

EventName = Literal[
    "invoice.created",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.overdue",
    "invoice.refunded",
    "invoice.voided",
    "payment.succeeded",
    "payment.failed",
    "payment.disputed",
    "credit.applied",
    "subscription.created",
    "subscription.activated",
    "subscription.renewed",
    "subscription.upgraded",
    "subscription.downgraded",
    "subscription.paused",
    "subscription.resumed",
    "subscription.cancelled",
    "subscription.expired",
    "trial.started",
    "trial.ending",
    "trial.ended",
    "customer.signed_up",
    "customer.updated",
    "customer.email_changed",
    "customer.verified",
    "customer.merged",
    "customer.suspended",
    "customer.deleted",
    "ticket.created",
    "ticket.replied",
    "ticket.assigned",
    "ticket.escalated",
    "ticket.closed",
    "ticket.reopened",
    "ticket.rated",
    "order.created",
    "order.paid",
    "order.shipped",
    "order.delivered",
    "order.cancelled",
    "order.returned",
    "order.refunded",
    "licence.issued",
    "licence.activated",
    "licence.renewed",
    "licence.suspended",
    "licence.revoked",
    "licence.expired",
    "chat.started",
    "chat.message_received",
    "chat.handed_over",
    "chat.ended",
    "login.succeeded",
    "login.failed",
    "password.changed",
    "mfa.enabled",
    "mfa.disabled",
    "api_key.created",
    "api_key.revoked",
    "account.suspicious_activity",
]
"""The universal events (docs/reference/events.md). Names of your own are welcome beside them."""
OwnEventName = Literal["webhook.endpoint_disabled"]
"""What OpsIQ itself publishes: to subscribe to, never to fire."""


@dataclass(frozen=True)
class Accepted:
    """``id`` names the event from now on; everything that reacts to it carries it. ``mode`` ``test``: a test key fired
    it, and nobody reacts to it. ``did_you_mean``: the universal event whose name is a letter or two from this custom
    one; nobody who waits for that hears of this one."""

    id: str
    event: str
    mode: Literal["live", "test"] = "live"
    did_you_mean: Optional[str] = None


@dataclass(frozen=True)
class Actor:
    id: str
    name: str
    role: str


@dataclass(frozen=True)
class Approval:
    name: str
    at: str


@dataclass(frozen=True)
class Attempt:
    """``response`` is text as far as the answer's bytes are UTF-8, at most 64 KiB (``response_cut``: there was
    more)."""

    n: int
    by_hand: bool
    at: str
    duration_ms: int
    request_headers: dict[str, str]
    status: Optional[int]
    error: Optional[str]
    detail: str
    response: str
    response_cut: bool


@dataclass(frozen=True)
class Call:
    """One call of the card. ``payload`` is the exact body that is sent to ``url``, as text (for a tool, its arguments).
    ``method`` and ``headers`` are those of the request; the headers of a signed POST, and the credentials of a
    ``connection``, are added when it is sent."""

    call_id: str
    action: str
    version: int
    title: str
    preview: str
    risk: Literal["read", "write", "irreversible"]
    url: str
    payload: str
    method: str
    headers: dict[str, str]
    connection: Optional[str]
    params: tuple[Param, ...]


@dataclass(frozen=True)
class CallOutcome:
    """Outcome of one call. ``unknown`` means it may have happened: no answer came. ``answer`` is at most 64 KiB of the
    body as text."""

    call_id: str
    state: Literal["planned", "begun", "succeeded", "failed", "unknown", "skipped"]
    status: Optional[int] = None
    answer: Optional[str] = None
    detail: str = ""
    attempts: int = 0
    duration_ms: float = 0.0
    result_fits: Optional[bool] = None


@dataclass(frozen=True)
class Candidate:
    """One thing a question offers. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A")."""

    id: str
    label: str
    detail: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """Exactly what will be sent, where, and where each value comes from. Confirm it by its ``digest``. ``held`` says
    why it must be confirmed; ``confirm_by`` who may: ``person`` is somebody signed in to the console, and no API key.
    ``drift`` is what has changed since the card before this one."""

    digest: str
    held: tuple[str, ...]
    approvals_needed: int
    approvals: tuple[Approval, ...]
    drift: tuple[str, ...]
    calls: tuple[Call, ...]
    confirm_by: Literal["anyone", "person"] = "anyone"


@dataclass(frozen=True)
class Cause:
    """Cause of a run that nobody typed: the event, and the rule or instruction (``source``, by its ``name``) that
    matched it."""

    event_id: str
    event: str
    source: str
    name: str


@dataclass(frozen=True)
class ComputedSource:
    """Value computed by code from numbers that were typed and fields of records. ``reading`` is the sum; ``records``
    are what it rests on ("invoice INV-1042"). ``read_by`` says who read the numbers."""

    reading: str
    kind: Literal["computed"] = "computed"
    spans: tuple[Span, ...] = ()
    records: tuple[str, ...] = ()
    read_by: Literal["code", "model"] = "code"


@dataclass(frozen=True)
class Connector:
    """``available``: found, not configured here. ``broken`` says why where it does not work."""

    name: str
    title: str
    state: Literal["enabled", "disabled", "broken", "available"]
    broken: Optional[str]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class ConnectorList:
    data: tuple[Connector, ...]


@dataclass(frozen=True)
class Contract:
    """``contract`` is the declaration as signed, ``jws`` its detached signature (RFC 7515), null for who is no
    owner."""

    name: str
    version: int
    digest: str
    state: str
    signature: Signature
    contract: dict[str, Any]
    jws: Optional[str]


@dataclass(frozen=True)
class ContractList:
    data: tuple[ContractSummary, ...]


@dataclass(frozen=True)
class ContractSummary:
    name: str
    version: int
    digest: str
    title: str
    description: str
    risk: str
    policy: str
    roles: tuple[str, ...]
    surfaces: tuple[str, ...]
    signature: Signature
    confirm_by: str = ""


@dataclass(frozen=True)
class DefaultSource:
    """Value from the contract's own default."""

    kind: Literal["default"] = "default"


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt."""

    id: str
    event_id: str
    event: str
    endpoint: str
    cause: Literal["event", "replay", "test"]
    state: Literal["pending", "succeeded", "failed"]
    attempts: int
    status: Optional[int]
    error: Optional[str]
    detail: str
    created_at: str
    first_attempt_at: Optional[str]
    next_attempt_at: Optional[str]
    finished_at: Optional[str]


@dataclass(frozen=True)
class DeliveryDetail:
    """``body`` is what is sent, byte for byte, as text."""

    id: str
    event_id: str
    event: str
    endpoint: str
    cause: Literal["event", "replay", "test"]
    state: Literal["pending", "succeeded", "failed"]
    attempts: int
    status: Optional[int]
    error: Optional[str]
    detail: str
    created_at: str
    first_attempt_at: Optional[str]
    next_attempt_at: Optional[str]
    finished_at: Optional[str]
    body: str
    attempt_log: tuple[Attempt, ...]


@dataclass(frozen=True)
class DeliveryPage:
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: tuple[Delivery, ...]
    next: Optional[str]


@dataclass(frozen=True)
class Endpoint:
    """``headers`` are the names alone. ``why`` says why it is disabled. ``previous_secret_until``: signed with two
    secrets until then. ``did_you_mean``: the universal events whose names are a letter or two from custom ones that it
    waits for, by those."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    headers: tuple[str, ...]
    per_minute: Optional[int]
    state: Literal["active", "paused", "disabled", "deleted"]
    why: str
    created_at: str
    changed_at: str
    previous_secret_until: Optional[str]
    health: HealthOfEndpoint
    did_you_mean: Optional[dict[str, str]] = None


@dataclass(frozen=True)
class EndpointList:
    data: tuple[Endpoint, ...]


@dataclass(frozen=True)
class EndpointWithSecret:
    """``secret`` signs the deliveries; it is shown this once."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    headers: tuple[str, ...]
    per_minute: Optional[int]
    state: Literal["active", "paused", "disabled", "deleted"]
    why: str
    created_at: str
    changed_at: str
    previous_secret_until: Optional[str]
    health: HealthOfEndpoint
    secret: str = field(repr=False)
    did_you_mean: Optional[dict[str, str]] = None


@dataclass(frozen=True)
class Event:
    """``caused_by`` is the event, run or call it was fired because of, ``depth`` how many events stand above it in that
    chain. ``state``: firing until every subscriber has had its turn. ``mode`` ``test``: a test key fired it, and nobody
    reacts to it."""

    id: str
    event: str
    data: dict[str, Any]
    occurred_at: str
    fired_at: str
    finished_at: Optional[str]
    origin: str
    caused_by: Optional[str]
    depth: int
    state: Literal["firing", "done"]
    request_id: Optional[str]
    mode: Literal["live", "test"] = "live"


@dataclass(frozen=True)
class EventDetail:
    """An event with its reactions in the order in which they come."""

    id: str
    event: str
    data: dict[str, Any]
    occurred_at: str
    fired_at: str
    finished_at: Optional[str]
    origin: str
    caused_by: Optional[str]
    depth: int
    state: Literal["firing", "done"]
    request_id: Optional[str]
    reactions: tuple[Reaction, ...]
    mode: Literal["live", "test"] = "live"


@dataclass(frozen=True)
class EventPage:
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: tuple[Event, ...]
    next: Optional[str]


@dataclass(frozen=True)
class EventType:
    """A universal event. ``schema`` is the JSON Schema of its data, ``sample`` an example that fits it."""

    name: str
    category: str
    title: str
    description: str
    schema: dict[str, Any]
    sample: dict[str, Any]


@dataclass(frozen=True)
class EventTypeList:
    data: tuple[EventType, ...]


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    type: str


@dataclass(frozen=True)
class GivenSource:
    """Value given as data by an API caller or an event. ``pointer`` is its place in that (JSON Pointer), ``ref`` the
    key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam Novak")."""

    by: Literal["api", "event"]
    pointer: str
    ref: str
    kind: Literal["given"] = "given"
    reading: str = ""


@dataclass(frozen=True)
class HealthOfEndpoint:
    """``success_rate_24h`` is null where nothing was attempted; ``slowed_s`` is how long it is left alone after each
    attempt."""

    last_success_at: Optional[str]
    last_failure_at: Optional[str]
    failing_since: Optional[str]
    consecutive_failures: int
    attempts_24h: int
    success_rate_24h: Optional[float]
    slowed_s: float


@dataclass(frozen=True)
class Kind:
    """``fields`` are all that is ever read of such a record."""

    name: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Me:
    workspace: str
    key: MyKey
    role: str


@dataclass(frozen=True)
class MyKey:
    id: str
    public: str
    name: str
    mode: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Param:
    """One value of a call, as sent (``value``), as a person reads it (``shown``), and where it came from
    (``source``)."""

    name: str
    label: str
    value: Any
    shown: str
    source: Union[PromptSource, RecordSource, ComputedSource, ProposedSource, DefaultSource, GivenSource]


@dataclass(frozen=True)
class PromptSource:
    """Value from the person's words. ``reading`` says how, where that isn't obvious ("next Friday → 2026-12-04").
    ``read_by`` is ``code`` where code reads this very value from the words, ``model`` where only a model does: then a
    person must see it first."""

    spans: tuple[Span, ...]
    kind: Literal["prompt"] = "prompt"
    reading: str = ""
    read_by: Literal["code", "model"] = "code"


@dataclass(frozen=True)
class ProposedSource:
    """Value proposed by a model, with no words for it. Only ever shown, marked and editable, on a card that a person
    confirms."""

    kind: Literal["proposed"] = "proposed"
    reading: str = ""


@dataclass(frozen=True)
class Question:
    """The open question of a run in the state ``asked``: answer its ``slot`` with a candidate's id or in words."""

    slot: str
    code: Literal["ambiguous", "missing", "not_found", "unclear_action", "unreadable"]
    text: str
    missing: tuple[str, ...]
    free_text: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Reaction:
    """What one subscriber made of an event; lower ``priority`` comes first. ``skipped``: a blocking one before it
    failed."""

    subscriber: str
    priority: int
    blocking: bool
    state: Literal["pending", "retrying", "done", "failed", "skipped"]
    attempts: int
    detail: str
    error: str
    started_at: Optional[str]
    finished_at: Optional[str]


@dataclass(frozen=True)
class Record:
    """One record. ``data`` holds its declared fields; ``label`` and ``detail`` are how a person sees it."""

    kind: str
    id: str
    label: str
    detail: str
    data: dict[str, Any]


@dataclass(frozen=True)
class RecordPage:
    """``next`` goes into ``cursor`` for the page after this one; null at the end."""

    data: tuple[Record, ...]
    next: Optional[str]


@dataclass(frozen=True)
class RecordSource:
    """Value from a record that was looked up. ``spans`` are the words that led to the record, ``via`` the records
    passed on the way ("customer Adam Novak")."""

    record_kind: str
    record_id: str
    label: str
    field: str
    kind: Literal["record"] = "record"
    spans: tuple[Span, ...] = ()
    via: tuple[str, ...] = ()
    reading: str = ""


@dataclass(frozen=True)
class RecordsPage:
    """Records that an answer rests on, as they are now. ``count`` is how many there are in all, ``next`` the ``start``
    of the page after this one."""

    data: tuple[Candidate, ...]
    count: Optional[int]
    next: Optional[int]


@dataclass(frozen=True)
class Refusal:
    """Why nothing was done. ``nearest`` are the names of actions that come closest."""

    code: str
    detail: str
    nearest: tuple[str, ...]


@dataclass(frozen=True)
class Registered:
    """``fresh`` False: this very version stood already. ``secret``: made now for the endpoint's origin and shown this
    once; it signs the calls to it."""

    name: str
    version: int
    digest: str
    fresh: bool
    secret: Optional[str] = field(repr=False)


@dataclass(frozen=True)
class RegisteredList:
    data: tuple[Registered, ...]


@dataclass(frozen=True)
class Reply:
    """The answer of a run in the state ``answered``, worked out by code from records. ``values`` are what was asked
    for, as people write it; ``records`` what it rests on (one page; ``count`` is how many there are); ``actions`` the
    names of actions that fit those records."""

    text: str
    record_kind: Optional[str]
    records: tuple[Candidate, ...]
    count: Optional[int]
    values: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Retired:
    name: str
    version: int
    state: str


@dataclass(frozen=True)
class Run:
    """One request from the words (or the given values) to the outcome. Rendered prompts and raw responses are not in
    it: they are in AI History, for owners. ``thread_id`` is the first request of its thread. ``mode`` ``test``: a test
    key asked for it, and nothing of it is ever sent."""

    id: str
    state: Literal[
        "received",
        "asked",
        "held",
        "confirmed",
        "executing",
        "succeeded",
        "failed",
        "unknown",
        "answered",
        "refused",
        "abstained",
        "rejected",
        "expired",
    ]
    text: str
    surface: Literal["admin", "customer", "writing"]
    cause: Optional[Cause]
    actor: Actor
    created_at: str
    updated_at: str
    expires_at: Optional[str]
    question: Optional[Question]
    card: Optional[Card]
    refusal: Optional[Refusal]
    reason: Optional[str]
    outcomes: tuple[CallOutcome, ...]
    thread_id: str = ""
    mode: Literal["live", "test"] = "live"
    reply: Optional[Reply] = None


@dataclass(frozen=True)
class RunPage:
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: tuple[Run, ...]
    next: Optional[str]


@dataclass(frozen=True)
class Signature:
    """``verified`` False: it is never offered, chosen or run; ``why`` says which check failed."""

    verified: bool
    why: Optional[str]


@dataclass(frozen=True)
class Span:
    """Words at their place in the text. ``origin`` 0 is the request's text, n the n-th answer; ``start``/``end`` are
    code point offsets in it."""

    start: int
    end: int
    text: str
    origin: int = 0


@dataclass(frozen=True)
class SpanView:
    """What is being sent again, in the background: ``since`` is included, ``until`` is not."""

    id: str
    endpoint: str
    since: str
    until: str


@dataclass(frozen=True)
class Tool:
    """``tool`` is what a model is given, in its own form; ``action`` what ``POST /v1/actions/run`` runs when the model
    calls it, with the arguments as ``params``."""

    action: str
    tool: dict[str, Any]


@dataclass(frozen=True)
class ToolList:
    """``more``: further actions are left out; ask with a higher ``limit``, or with words of ``q``."""

    data: tuple[Tool, ...]
    more: bool


@dataclass(frozen=True)
class Version:
    version: int
    digest: str
    state: str
    registered_by: str
    created_at: str
    changed_at: str


@dataclass(frozen=True)
class VersionList:
    data: tuple[Version, ...]
