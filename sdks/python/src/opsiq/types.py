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
    """An accepted event. ``id`` is the event's id, which all reactions to it carry. ``mode`` is ``test`` if a test key
    fired it: nothing reacts to such an event. ``did_you_mean``: the universal event whose name differs from this custom
    one's by a letter or two. Its subscribers don't get this event."""

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
    """One attempt. ``response`` is the answer's body as text, as far as it is UTF-8, up to 64 KiB (``response_cut``:
    there was more)."""

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
    ``method`` and ``headers`` belong to the request. The headers of a signed POST and the credentials of a
    ``connection`` are added when it is sent."""

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
    """Outcome of one call. ``unknown`` means that it may have happened, since no answer came. ``answer`` is up to 64
    KiB of the body as text."""

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
    """One option of a question. ``marks`` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A")."""

    id: str
    label: str
    detail: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """The card: exactly what will be sent, where, and the source of each value. Confirm it by its ``digest``. ``held``
    says why it must be confirmed. ``confirm_by`` says who may confirm it: ``person`` means somebody signed in to the
    console, and no API key. ``drift`` lists the changes since the previous card."""

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
    """A value that code computed from typed numbers and fields of records. ``reading`` is the calculation, and
    ``records`` are the records in it ("invoice INV-1042"). ``read_by`` says who read the numbers."""

    reading: str
    kind: Literal["computed"] = "computed"
    spans: tuple[Span, ...] = ()
    records: tuple[str, ...] = ()
    read_by: Literal["code", "model"] = "code"


@dataclass(frozen=True)
class Connector:
    """A connector. State ``available``: found, but not configured in this workspace. ``broken`` says why it doesn't
    work, or is null."""

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
    """A version of a contract. ``contract`` is the signed declaration. ``jws`` is its detached signature (RFC 7515),
    null for readers who aren't owners."""

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
    """A value from the contract's own default."""

    kind: Literal["default"] = "default"


@dataclass(frozen=True)
class Delivery:
    """One event's delivery to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt."""

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
    """A delivery with its ``body``: the exact bytes that are sent, as text."""

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
    """A page of deliveries. ``next`` is the ``before`` of the next page, null at the end."""

    data: tuple[Delivery, ...]
    next: Optional[str]


@dataclass(frozen=True)
class Edit:
    """The last edit of a held card that made no new one: the words by slot, and why. The card stands as it was."""

    changes: dict[str, str]
    why: str


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint. ``headers`` are only the names. ``why`` says why it is disabled. ``previous_secret_until``:
    until then deliveries are signed with two secrets. ``did_you_mean``: for custom events that it subscribes to, the
    universal events whose names differ by a letter or two."""

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
    """An endpoint with the ``secret`` that signs its deliveries, which is shown only once."""

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
    """An event. ``caused_by`` is the event, run or call that caused it, and ``depth`` the number of events above it in
    that chain. ``state`` is ``firing`` until every subscriber has had its turn. ``mode`` is ``test`` if a test key
    fired it: nothing reacts to such an event."""

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
    """An event with its reactions in the order they run."""

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
    """A page of events. ``next`` is the ``before`` of the next page, null at the end."""

    data: tuple[Event, ...]
    next: Optional[str]


@dataclass(frozen=True)
class EventType:
    """A universal event. ``schema`` is the JSON Schema of its data, and ``sample`` a valid example."""

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
    """A value given as data by an API caller or an event. ``pointer`` is its place in that data (JSON Pointer), and
    ``ref`` the key's public part or the event's id. ``reading`` says what it was checked against ("customer Adam
    Novak")."""

    by: Literal["api", "event"]
    pointer: str
    ref: str
    kind: Literal["given"] = "given"
    reading: str = ""


@dataclass(frozen=True)
class HealthOfEndpoint:
    """Health of an endpoint. ``success_rate_24h`` is null without attempts. ``slowed_s`` is the pause after each
    attempt, in seconds."""

    last_success_at: Optional[str]
    last_failure_at: Optional[str]
    failing_since: Optional[str]
    consecutive_failures: int
    attempts_24h: int
    success_rate_24h: Optional[float]
    slowed_s: float


@dataclass(frozen=True)
class Kind:
    """A kind of record. ``fields`` are the only fields that are ever read of it."""

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
    """One value of a call: as sent (``value``), as people read it (``shown``), and its origin (``source``)."""

    name: str
    label: str
    value: Any
    shown: str
    source: Union[PromptSource, RecordSource, ComputedSource, ProposedSource, DefaultSource, GivenSource]


@dataclass(frozen=True)
class PromptSource:
    """A value from the person's words. ``reading`` says how it was read, if that isn't obvious ("next Friday →
    2026-12-04"). ``read_by`` is ``code`` if code reads this exact value from the words, and ``model`` if only a model
    does: then a person must see it first."""

    spans: tuple[Span, ...]
    kind: Literal["prompt"] = "prompt"
    reading: str = ""
    read_by: Literal["code", "model"] = "code"


@dataclass(frozen=True)
class ProposedSource:
    """A value that a model proposed without words for it. It is only shown, marked and editable, on a card that a
    person confirms."""

    kind: Literal["proposed"] = "proposed"
    reading: str = ""


@dataclass(frozen=True)
class Question:
    """The open question of a run in the state ``asked``. Answer its ``slot`` with a candidate's id or in words."""

    slot: str
    code: Literal["ambiguous", "missing", "not_found", "unclear_action", "unreadable"]
    text: str
    missing: tuple[str, ...]
    free_text: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Reaction:
    """One subscriber's reaction to an event. A lower ``priority`` runs first. ``skipped``: a blocking subscriber before
    it failed."""

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
    """One record. ``data`` holds its declared fields. ``label`` and ``detail`` are its text for people."""

    kind: str
    id: str
    label: str
    detail: str
    data: dict[str, Any]


@dataclass(frozen=True)
class RecordPage:
    """A page of records. ``next`` is the ``cursor`` of the next page, null at the end."""

    data: tuple[Record, ...]
    next: Optional[str]


@dataclass(frozen=True)
class RecordSource:
    """A value from a record that was looked up. ``spans`` are the words that led to the record. ``via`` are the records
    on the way to it ("customer Adam Novak")."""

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
    """The records behind an answer, as they are now. ``count`` is the total, and ``next`` the ``start`` of the next
    page."""

    data: tuple[Candidate, ...]
    count: Optional[int]
    next: Optional[int]


@dataclass(frozen=True)
class Refusal:
    """Why nothing was done. ``nearest`` are the names of the closest actions."""

    code: str
    detail: str
    nearest: tuple[str, ...]


@dataclass(frozen=True)
class Registered:
    """A registered version. ``fresh`` is false if this exact version was in force before. ``secret`` is new, for the
    endpoint's origin: it signs the calls to that origin and is shown only once."""

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
    """The answer of a run in the state ``answered``, computed by code from records. ``values`` are the requested
    values, days in ISO 8601. ``records`` are the records behind the answer (one page; ``count`` is the total).
    ``actions`` are the names of actions that fit these records. ``partial``: the question isn't understood, and the
    text tells only what is known of what it names. ``as_of``: when the oldest copy among the records was read from its
    platform, null if the platform was asked."""

    text: str
    record_kind: Optional[str]
    records: tuple[Candidate, ...]
    count: Optional[int]
    values: tuple[str, ...]
    actions: tuple[str, ...]
    partial: bool
    as_of: Optional[str] = None


@dataclass(frozen=True)
class Retired:
    name: str
    version: int
    state: str


@dataclass(frozen=True)
class Run:
    """One request from its words (or given values) to the outcome. Rendered prompts and raw responses are not included:
    owners find them in AI History. ``thread_id`` is the first request of its thread. ``mode`` is ``test`` if a test key
    made the request: then nothing is ever sent. ``repeats`` says so if the same person had the very same done right
    before."""

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
    edit: Optional[Edit] = None
    repeats: str = ""


@dataclass(frozen=True)
class RunPage:
    """A page of runs. ``next`` is the ``before`` of the next page, null at the end."""

    data: tuple[Run, ...]
    next: Optional[str]


@dataclass(frozen=True)
class Signature:
    """Result of verifying a signature. A contract with ``verified`` false is never offered, chosen or run. ``why``
    names the failed check."""

    verified: bool
    why: Optional[str]


@dataclass(frozen=True)
class Span:
    """Words at their place in the text. ``origin`` is 0 for the request's text and n for the n-th answer. ``start`` and
    ``end`` are code point offsets in that text."""

    start: int
    end: int
    text: str
    origin: int = 0


@dataclass(frozen=True)
class SpanView:
    """A time span whose events are being sent again, in the background. ``since`` is included, ``until`` is not."""

    id: str
    endpoint: str
    since: str
    until: str


@dataclass(frozen=True)
class Tool:
    """An action as a function tool. ``tool`` is the tool in the model's format. When the model calls it, run ``action``
    with ``POST /v1/actions/run`` and the arguments as ``params``."""

    action: str
    tool: dict[str, Any]


@dataclass(frozen=True)
class ToolList:
    """A list of tools. ``more``: some actions are left out. Ask with a higher ``limit``, or with search words in
    ``q``."""

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
