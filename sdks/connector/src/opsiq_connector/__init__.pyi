"""Connector interface, as authors outside this repository import it (``opsiq_connector``).

Semantic versioning: everything listed here keeps its name and meaning within a major version. A minor version only adds
to it.
"""

# Written by scripts/write_stubs.py from registry/interface.py. Don't edit it.

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol

__all__ = [
    "VERSION",
    "BadAssertion",
    "BadSetting",
    "CachedKind",
    "ConnectionOption",
    "Connector",
    "ContextProvider",
    "Contract",
    "DeclarativeConnector",
    "DeclarativeRecords",
    "Event",
    "Field",
    "Identity",
    "IdentityProvider",
    "Inbound",
    "InvalidInput",
    "NotCanonical",
    "OpsIQError",
    "PlatformAnswer",
    "PlatformClient",
    "PlatformRequest",
    "PlatformUnavailable",
    "Query",
    "ReadAccess",
    "Record",
    "RecordKind",
    "RecordSource",
    "RecordState",
    "Relation",
    "Settings",
    "StatePage",
    "Subscriber",
    "Unauthenticated",
    "admit",
    "is_between",
    "lint_folder",
    "parse_contract",
    "parse_json",
    "read_actions",
    "read_document",
    "verify_webhook",
]

VERSION: Final[str]

@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place. ``pointer`` is a JSON Pointer (RFC 6901). ``detail`` says how to correct it."""

    pointer: str
    code: str
    detail: str

class OpsIQError(Exception):
    """Base class of all errors. ``detail`` is a sentence for the person who can fix it, and never contains a secret."""

    code: ClassVar[str] = ...
    retryable: bool = ...
    detail: str

    def __init__(
        self, detail: str, *, findings: Sequence[Finding] = ..., extra: Mapping[str, str | int] | None = ...
    ) -> None: ...

class BadAssertion(OpsIQError):
    code = "bad_assertion"

class BadSetting(OpsIQError):
    code = "bad_setting"

FieldType = Literal[
    "id",
    "string",
    "integer",
    "number",
    "boolean",
    "money_minor",
    "currency",
    "datetime",
    "date",
    "email",
    "enum",
    "json",
]

SearchBy = Literal["name", "number", "email", "text"]

@dataclass(frozen=True, slots=True)
class Field:
    """One field that may be read. ``search`` says how words find a record by it: a person's or thing's ``name`` (fuzzy,
    any part), a ``number`` (an exact code such as INV-1042), an ``email`` (exact, ignoring case), or free ``text``.
    ``values`` lists an enum's words. ``currency_field`` names the field with a money field's currency. ``pattern`` is
    the form of a ``number`` (a regular expression for all of it, ``registry.patterns``): with one, other codes are
    never taken for it. ``ranged``: the provider can search a date, datetime or number between two bounds
    (``Query.between``). Records are distinguished by time only by such fields. ``words`` are other words for the field
    besides its label's. A ``json`` field holds a list or an object as its canonical JSON text, for a call that rewrites
    its record. ``lenient``: an unreadable value is left out, so a missing value means nothing."""

    name: str
    type: FieldType = ...
    label: str = ...
    search: SearchBy | None = ...
    values: tuple[str, ...] = ...
    currency_field: str | None = ...
    pattern: str | None = ...
    ranged: bool = ...
    words: tuple[str, ...] = ...
    lenient: bool = ...

@dataclass(frozen=True, slots=True)
class Relation:
    """Relation to an owning kind. ``via`` is the field of *this* kind that holds the id of a ``kind`` record (an
    invoice belongs to a customer via customer_id)."""

    kind: str
    via: str

Side = Literal["past", "future"]

@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record of one platform.

    ``nouns`` are people's words for it, singular and plural ("invoice", "bill"). ``relations`` are its owners, nearest
    first. ``order`` is the field for "last" and "newest", ``size`` the one for "biggest". ``states`` maps words that
    narrow it ("unpaid", "open") to field filters. ``times`` maps words that narrow it by the present ("overdue",
    "upcoming") to a ranged field and the side of now on which its value must be. ``ours``: "my" and "our" can mean any
    of its records, not only one owner's. ``label`` and ``detail`` are format strings for people, over the fields as
    ``format_field`` writes them.
    """

    name: str
    title: str
    nouns: tuple[str, ...]
    fields: tuple[Field, ...]
    id_field: str = ...
    label: str = ...
    detail: str = ...
    relations: tuple[Relation, ...] = ...
    order: str | None = ...
    size: str | None = ...
    states: Mapping[str, Mapping[str, tuple[str | int | bool, ...]]] = ...
    times: Mapping[str, tuple[str, Side]] = ...
    ours: bool = ...

    def field_named(self, name: str) -> Field | None: ...
    def relation_to(self, kind: str) -> Relation | None: ...
    def relates_twice(self, kind: str) -> bool:
        """Whether its records belong to those of a kind in several ways, as a letter does to its writer and reader."""

@dataclass(frozen=True, slots=True)
class CachedKind:
    """A record kind that may be cached. ``events`` are the patterns (``invoice.*``) of the events that carry states of
    this kind."""

    kind: RecordKind
    events: tuple[str, ...]

@dataclass(frozen=True, slots=True)
class ConnectionOption:
    """An option that every connection of a connector has, which is no secret. ``default`` None: it must be given."""

    label: str
    example: str = ...
    default: str | None = ...

@dataclass(frozen=True, slots=True)
class ReadAccess:
    """A platform's requirements for reads: the type of its credential, with the word before a bearer token or the name
    of the header or query parameter for it; headers that are always the same; and at most ``requests`` in ``per_s``
    seconds (0: no limit)."""

    credential: str = ...
    prefix: str = ...
    name: str = ...
    headers: Mapping[str, str] = ...
    requests: int = ...
    per_s: int = ...

SecretForm = Literal["standard", "plain", "address"]

@dataclass(frozen=True, slots=True)
class PlatformRequest:
    """One read of a platform. ``path`` is percent-encoded and below the base address. ``body`` is JSON, for searches by
    POST. ``missing`` are statuses besides 404 that mean that nothing is there. A request that is being planned makes
    each read once: ``again`` counts reads that are repeated on purpose, to see whether something has changed."""

    path: str
    method: Literal["GET", "POST"] = ...
    query: Sequence[tuple[str, str]] = ...
    body: Any = ...
    missing: frozenset[int] = ...
    again: int = ...

@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """A platform's answer: a status from 200 to 299 with its decoded JSON, or 404. Header names are in lower case."""

    status: int
    body: Any
    headers: Mapping[str, str] = ...

class PlatformClient(Protocol):
    """HTTP port for a connector's reads. Implemented in ``executors``: signed in, guarded, with time limits. Raises
    PlatformUnavailable."""

    async def get_json(self, path: str, params: Mapping[str, str] | None = ...) -> Any:
        """The decoded JSON of GET base_url + path, or None for a 404."""

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        """The answer to any read. Raises for every status except 2xx and 404."""

@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one connection: the platform's address, its secrets by name (never logged), the connection's name in
    the workspace (empty: the connector's own), and the options that the connector asks for."""

    base_url: str
    secrets: Mapping[str, str]
    connection: str = ...
    options: Mapping[str, str] = ...

    def webhook_secrets(self, now: datetime) -> Sequence[str]:
        """Secrets with which the platform may sign its webhooks: the present one, and during a rotation the previous
        one. Empty if none is configured: then no webhook can be verified."""

@dataclass(frozen=True, slots=True)
class Identity:
    """A person of the platform, as the platform asserts. ``id`` is the platform's own. ``role`` is one that contracts
    list."""

    id: str
    name: str
    role: str

class IdentityProvider(Protocol):
    """Turns a platform's assertion (a signed token) into an Identity. Raises BadAssertion."""

    name: str

    async def identify(self, assertion: str) -> Identity: ...

Bound = str | int | float | None

Bounds = Mapping[str, tuple[Bound, Bound]]

@dataclass(frozen=True, slots=True)
class Query:
    """A search in one kind. ``text`` is matched against the searchable fields (or those that ``by`` names). ``where``
    are exact values, any of a list. ``between`` are bounds of ranged fields. ``order`` is a field, and ``descending``
    its direction. Returns at most ``limit`` records after the first ``offset``, the best match first if there is a
    text."""

    kind: str
    text: str | None = ...
    by: SearchBy | None = ...
    where: Mapping[str, Sequence[str | int | bool]] = ...
    order: str | None = ...
    descending: bool = ...
    limit: int = ...
    offset: int = ...
    between: Bounds = ...

@dataclass(frozen=True, slots=True)
class Record:
    """One record in its kind's safe fields. ``values`` are JSON scalars. ``digest`` changes when any safe field
    changes. ``as_of`` is the time of this state (RFC 3339), empty for a record that was just read from its platform."""

    kind: str
    id: str
    values: Mapping[str, Any]
    label: str
    detail: str
    digest: str
    as_of: str = ...

class ContextProvider(Protocol):
    """Port for reading live records. Raises core.errors.PlatformUnavailable if the platform doesn't answer."""

    def kinds(self) -> tuple[RecordKind, ...]: ...
    async def search(self, query: Query) -> Sequence[Record]:
        """The matching records, at most query.limit. Names match fuzzily by any word of the text."""

    async def get(self, kind: str, record_id: str) -> Record | None: ...

class FrozenModel: ...

Name = str

Line = str

Text = str

Surface = Literal["admin", "customer", "writing"]

Word = str

KindName = str

class Derive(FrozenModel):
    """Derived value: a field of the record that another parameter refers to, such as the invoice's currency for a
    refund."""

    parameter: Word
    field: Word

class SourceKind(StrEnum):
    """The allowed source of a parameter's value. ``prompt`` is typed words, read by code, or by a model and then shown
    and confirmed. ``proven`` is only words that code reads itself. ``proposed`` is a model's own value, shown and
    confirmed."""

    PROMPT = "prompt"
    PROVEN = "proven"
    RECORD = "record"
    DEFAULT = "default"
    PROPOSED = "proposed"

class Unit(StrEnum):
    """The unit of a number. ``money_minor`` is integer minor units (cents). The others are plain counts."""

    MONEY_MINOR = "money_minor"
    MONEY = "money"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"
    PERCENT = "percent"
    COUNT = "count"

class Annotation(FrozenModel):
    """The meaning of a parameter beyond its JSON Schema.

    ``record`` names the kind that the value refers to, and ``field`` the field of that record that is sent (its id by
    default). ``filter`` maps fields to the values that a record must have to be eligible (``{"status": ["paid"]}``).
    ``order`` names the field for "last", "first" and "latest" (descending is newest), and overrides the kind's own.
    ``of`` names another parameter whose record this one belongs to. ``like`` names a parameter whose record this one
    resembles except for the stated difference (the same shirt in red): both belong to one record. ``replaces`` names
    the field that the value will change: a record that already has the value needs no call. ``each`` makes one call for
    each of several values ("all of her tickets"). ``compose`` lets a model write the text, shown and editable on the
    card. ``at_most`` names the record's field that limits the number: a refund is at most the refundable amount.
    ``words`` gives other words for an enum's values. ``currency`` is an ISO 4217 code, and ``currency_from`` names the
    parameter that holds it.
    """

    record: KindName | None = ...
    field: Word | None = ...
    filter: dict[Word, list[str | int | bool]] = ...
    order: Word | None = ...
    of: Word | None = ...
    like: Word | None = ...
    each: Literal[True] | None = ...
    derive: Derive | None = ...
    replaces: Derive | None = ...
    sources: tuple[SourceKind, ...] = ...
    unit: Unit | None = ...
    currency: str | None = ...
    currency_from: Word | None = ...
    words: dict[str, list[Line]] = ...
    compose: Literal[True] | None = ...
    at_most: Derive | None = ...
    label: Line | None = ...
    ask: Line | None = ...

    @property
    def takes_words(self) -> bool:
        """Whether typed words may supply the value."""

class Policy(StrEnum):
    """When a person must confirm. Without a policy it is ``always``: the gate fails closed."""

    NEVER = "never"
    ONCE_PER_SESSION = "once_per_session"
    ALWAYS = "always"
    WHEN = "when"

class ConfirmBy(StrEnum):
    """Who may confirm a card: anyone whose role covers the contract, or only a person signed in to the console."""

    ANYONE = "anyone"
    PERSON = "person"

class Confirmation(FrozenModel):
    """Confirmation policy. ``condition`` is CEL over ``params`` (name → value) and ``records`` (parameter → safe
    fields), only for ``when``. ``approvals`` is how many different people must confirm. ``expires_s`` is how long the
    card is valid (seconds; ``agent.runs.expire`` ends it then). ``by`` says who may confirm. Without it the risk
    and ``approvals`` decide (``Contract.confirm_by``), so that the signed bytes of older contracts stay the same."""

    policy: Policy = ...
    by: ConfirmBy | None = ...
    condition: Line | None = ...
    approvals: Literal[1, 2] = ...
    expires_s: int = ...

class Risk(StrEnum):
    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"

Deadline = int

Timeout = int

class Endpoint(FrozenModel):
    """A signed POST, as in ``opsiq/contract/v1``. ``deadline_s`` limits all attempts together (seconds), ``timeout_s``
    one attempt."""

    url: str
    deadline_s: Deadline = ...
    timeout_s: Timeout = ...

    @property
    def connection(self) -> None:
        """None: the call is signed with a secret of its address's origin and needs no connection."""

    @property
    def target(self) -> str:
        """The target of the calls, for people."""

class OpsiqEndpoint(Endpoint):
    """A signed POST, as in ``opsiq/contract/v2``."""

    type: Literal["opsiq"]

ConnectionName = str

Key = str

class Format(StrEnum):
    """Format of a parameter's value in the request.

    ``decimal`` and ``number`` are money in major units, as text ("12.50") or as a JSON number, in the parameter's
    currency. ``minor_units`` converts in the other direction. ``date``, ``datetime``, ``epoch_s`` and ``epoch_ms``
    write a date or time. ``comma_separated``, ``space_separated`` and ``pipe_separated`` join a list, ``json`` writes
    any value as JSON text, and ``brackets`` writes a list or object of a query or form as ``name[0][key]``. ``path`` is
    for a path parameter that may contain slashes: each part is one segment.
    """

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    MINOR_UNITS = "minor_units"
    DATE = "date"
    DATETIME = "datetime"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    COMMA_SEPARATED = "comma_separated"
    SPACE_SEPARATED = "space_separated"
    PIPE_SEPARATED = "pipe_separated"
    BRACKETS = "brackets"
    JSON = "json"
    PATH = "path"

class ValueMap(FrozenModel):
    """Other values for a parameter's: ``{"map": {"high": 1, "low": 3}}``. A value that isn't listed can't be sent."""

    map: dict[str, str | int | float | bool]

class FromParameter(FrozenModel):
    """The value of a parameter. If it has none, the place is left out, or contains ``null``."""

    parameter: Word
    format: Format | ValueMap | None = ...
    when_absent: Literal["omit", "null"] = ...

class FromCall(FrozenModel):
    """The call's own id, which no other call has. It serves as a reference to find the call later."""

    call: Literal["id"]

class Constant(FrozenModel):
    """The same value in every call: any JSON."""

    value: Any

Value = FromParameter | FromCall | Constant

Values = dict[Key, Value]

HeaderName = str

Headers = dict[HeaderName, Value]

Pointer = str

class JsonBody(FrozenModel):
    """A JSON body: each value at its JSON Pointer, where ``""`` is the whole body. ``content_type`` is
    ``application/json`` by default."""

    type: Literal["json"]
    content_type: str | None = ...
    fields: dict[Pointer, Value] = ...

class FormBody(FrozenModel):
    """An ``application/x-www-form-urlencoded`` body. A list is sent as a repeated field."""

    type: Literal["form"]
    fields: Values = ...

class MultipartBody(FrozenModel):
    """A ``multipart/form-data`` body of text fields."""

    type: Literal["multipart"]
    fields: Values = ...

class RawBody(FrozenModel):
    """One value unchanged: text, or any other value as JSON."""

    type: Literal["raw"]
    content_type: str
    value: Value

Body = JsonBody | FormBody | MultipartBody | RawBody

StatusPattern = str

StatusClass = Literal["done", "not_done", "try_again", "unknown"]

class Statuses(FrozenModel):
    """What an answer's status means for the call. An exact status has priority over its class (``429`` over ``4xx``). A
    status that isn't listed is ``unknown``."""

    done: tuple[StatusPattern, ...] = ...
    not_done: tuple[StatusPattern, ...] = ...
    try_again: tuple[StatusPattern, ...] = ...
    unknown: tuple[StatusPattern, ...] = ...

    def of(self, status: int) -> StatusClass: ...

class Expectation(FrozenModel):
    """Expected properties of an answer: its status, and the value ``at`` a pointer of its body.

    ``equals`` is that value. ``some`` says that the value is a list and has an entry with all of these values (by
    pointers into the entry), and ``none`` that it has no such entry. Without any of them there must be a value.
    ``condition`` is an additional CEL condition over ``answer`` (the decoded body) and ``params``.
    """

    status: tuple[StatusPattern, ...] = ...
    at: Pointer = ...
    equals: Value | None = ...
    some: dict[Pointer, Value] | None = ...
    none: dict[Pointer, Value] | None = ...
    condition: str | None = ...

class Reconcile(FrozenModel):
    """A read (GET) that tells whether a call whose answer was lost has happened. ``not_happened`` only counts
    ``settles_after_s`` seconds after the last attempt: until then the call may still be in progress."""

    url: str
    path: Values = ...
    query: Values = ...
    headers: Headers = ...
    happened: Expectation
    not_happened: Expectation | None = ...
    settles_after_s: int = ...

class HttpEndpoint(FrozenModel):
    """One request to an HTTP API.

    ``connection`` names the connection whose base address and credentials are used. Then ``url`` is a path below that
    address. Without a connection, ``url`` is absolute and no credentials are sent. ``error`` are pointers to the
    sentence of an error answer for people, of which the first one with a text is used. ``result`` selects the call's
    result from the answer, name by name. Without it, the whole answer is the result.
    """

    type: Literal["http"]
    connection: ConnectionName | None = ...
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: str
    path: Values = ...
    query: Values = ...
    headers: Headers = ...
    body: Body | None = ...
    idempotency_header: HeaderName | None = ...
    statuses: Statuses = ...
    error: tuple[Pointer, ...] = ...
    result: dict[Key, Pointer] | None = ...
    reconcile: Reconcile | None = ...
    deadline_s: Deadline = ...
    timeout_s: Timeout = ...

    @property
    def target(self) -> str:
        """The target of the calls, for people."""

    @property
    def repeatable(self) -> bool:
        """Whether something keeps a repeated request from doing its work twice."""

class McpEndpoint(FrozenModel):
    """One tool of an MCP server. ``schema_digest`` pins the tool as it was when the contract was signed."""

    type: Literal["mcp"]
    connection: ConnectionName
    tool: str
    schema_digest: str
    arguments: Values = ...
    deadline_s: Deadline = ...
    timeout_s: Timeout = ...

    @property
    def target(self) -> str:
        """The target of the calls, for people."""

AnyEndpoint = Endpoint | OpsiqEndpoint | HttpEndpoint | McpEndpoint

class Upstream(FrozenModel):
    """The operation of another system's document that a contract was drafted from. If its ``schema_digest`` has
    changed, the contract is suspended. ``address`` is where the document is read again before calls."""

    document: str
    operation: str
    schema_digest: str
    address: str | None = ...

@dataclass(frozen=True, slots=True, order=True)
class ContractRef:
    """Reference to the exact version of a contract that a run is bound to."""

    name: str
    version: int
    digest: str

    def as_json(self) -> dict[str, Any]: ...

class Contract(FrozenModel):
    """One action. Roles and surfaces are closed lists: with an empty list nobody may run it, and it is offered
    nowhere."""

    name: Name
    version: int = ...
    title: Line
    description: Text
    surfaces: tuple[Surface, ...] = ...
    roles: tuple[Word, ...] = ...
    parameters: dict[str, Any]
    annotations: dict[Word, Annotation] = ...
    confirmation: Confirmation = ...
    risk: Risk = ...
    idempotent: bool = ...
    endpoint: AnyEndpoint
    upstream: Upstream | None = ...
    result: dict[str, Any] | None = ...
    preview: Text | None = ...
    examples: tuple[Line, ...] = ...
    aliases: tuple[Line, ...] = ...
    undo: Name | None = ...

    @property
    def properties(self) -> Mapping[str, Any]:
        """Parameter name → its JSON Schema, in the document's order."""

    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def confirm_by(self) -> ConfirmBy:
        """Who may confirm its cards: persons if two must agree, else as the contract says. If it says nothing, a person
        confirms what can't be undone."""

    def annotation(self, parameter: str) -> Annotation: ...
    @cached_property
    def canonical(self) -> bytes:
        """The RFC 8785 bytes that are signed: every field that was set, under its name in the document."""

    @cached_property
    def digest(self) -> str: ...
    @property
    def ref(self) -> ContractRef: ...

@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``id`` is the idempotency key for everything that subscribers do. An event made from a webhook has the
    platform's own message id, so that a repeated message is the same event. ``caused_by`` is the call (``act_…``), run
    or event that led to it, if the platform reports it. ``occurred_at`` is RFC 3339."""

    id: str
    name: str
    data: Mapping[str, Any]
    occurred_at: str
    caused_by: str | None = ...

@dataclass(frozen=True, slots=True)
class Subscriber:
    """Event subscriber of a connector: reacts to events whose name matches ``pattern`` (``invoice.*``, ``*``). A lower
    priority reacts first."""

    name: str
    pattern: str
    priority: int
    react: Callable[[Event], Awaitable[None]]
    blocking: bool = ...

@dataclass(frozen=True, slots=True)
class RecordState:
    """State of one record at ``version``. ``record`` is None if it was deleted."""

    kind: str
    id: str
    version: str
    record: Record | None

@dataclass(frozen=True, slots=True)
class StatePage:
    """A page of states. ``cursor`` leads to the next page. None: this was the last one."""

    states: Sequence[RecordState]
    cursor: str | None

class RecordSource(Protocol):
    """Port for reading cached records. Raises core.errors.PlatformUnavailable if the platform doesn't answer."""

    def mirrored(self) -> Sequence[CachedKind]: ...
    def carried(self, event: Event) -> Sequence[RecordState]:
        """The states inside an event, without a request. It is called only for events from this connector's own
        webhooks: other events can't be trusted."""

    def named(self, event: Event) -> Sequence[tuple[str, str]]:
        """The (kind, id) of the records that an event is about, whoever published it."""

    async def page(self, kind: str, cursor: str | None, limit: int) -> StatePage:
        """A page of all records of a kind in a stable order (such as by id), at most ``limit`` after ``cursor``."""

    async def now(self, kind: str, record_id: str) -> RecordState | None:
        """Reads one record. None if it doesn't exist."""

@dataclass(frozen=True, slots=True)
class Inbound:
    """Inbound webhook: the raw bytes, header names in lower case, the time of arrival, and the query of its address."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = ...

class Connector:
    """Base class of connectors. Every method has a safe default, so a connector overrides only what it supports.
    ``interface`` is the version of ``registry.interface`` that it was written for, and ``version`` its own."""

    name: ClassVar[str] = ...
    title: ClassVar[str] = ...
    interface: ClassVar[str] = ...
    version: ClassVar[str] = ...
    access: ClassVar[ReadAccess] = ...
    options: ClassVar[Mapping[str, ConnectionOption]] = ...
    secret_form: ClassVar[SecretForm] = ...
    client: PlatformClient
    settings: Settings

    def __init__(self, client: PlatformClient, settings: Settings) -> None: ...
    @property
    def connection(self) -> str:
        """The name of this connection, which distinguishes it from others of the same connector in the workspace."""

    def identity_providers(self) -> Sequence[IdentityProvider]: ...
    def context_providers(self) -> Sequence[ContextProvider]: ...
    def register_actions(self) -> Sequence[Contract]:
        """The contracts that this connector proposes. They have no effect until an owner has signed them."""

    def subscribers(self) -> Sequence[Subscriber]: ...
    def mirrors(self) -> Sequence[RecordSource]:
        """Records that may be cached in the workspace, so that they are found without asking the platform."""

    @classmethod
    def takes_webhooks(cls) -> bool: ...
    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]:
        """Verifies a platform's webhook (signature and age) and turns it into events. Raises BadAssertion."""

class _Part: ...

class BaseAddress(_Part):
    """The platform's address, which an owner is asked for."""

    label: Line = ...
    example: Line | None = ...

class Option(_Part):
    """A setting of one connection, which is no secret. It fills ``{name}`` in paths and in the URLs of actions."""

    label: Line
    example: Line | None = ...
    default: Line | None = ...
    pattern: str = ...

QueryName = str

class Credential(_Part):
    """The type of credential that the platform accepts, as ``opsiq connections credential --type`` takes it.
    ``oauth_client`` (client credentials) and ``oauth_refresh`` (a refresh token) get access tokens at ``token_url``.
    ``prefix`` stands before a bearer token ("Token"). ``name`` is the header or query parameter that carries the
    credential."""

    type: Literal["none", "bearer", "basic", "header", "query", "oauth_client", "oauth_refresh"] = ...
    prefix: str | None = ...
    name: QueryName | None = ...
    token_url: Line | None = ...
    scopes: tuple[Line, ...] = ...
    label: Line | None = ...
    help: Text | None = ...

HeaderValue = str

class RateLimit(_Part):
    """Limit of ``requests`` reads in ``per_s`` seconds."""

    requests: int
    per_s: int = ...

class Access(_Part):
    base_url: BaseAddress = ...
    settings: dict[Word, Option] = ...
    credential: Credential = ...
    headers: dict[HeaderName, HeaderValue] = ...
    rate_limit: RateLimit | None = ...

Locale = str

class KindWords(_Part):
    """Words for a kind in another language: its nouns, and the words that narrow it → a state of ``states``."""

    nouns: tuple[Line, ...] = ...
    states: dict[Line, Line] = ...

Scalar = str | int | bool

class Related(_Part):
    """A field of the record that this one belongs to by the field ``via``: an order's currency is its event's."""

    via: Word
    field: Word

class FieldDocument(_Part):
    """A safe field. ``at`` points at its value in the platform's record: of several pointers, the first one with a
    value is used. ``$name`` is a setting or a path parameter. ``join`` makes one text of several values, separated by
    ``with``. ``from`` is the platform's format: ``decimal`` major units of money ("12.50"), ``epoch_s`` and
    ``epoch_ms`` moments in time, ``exists`` whether there is a value, ``count`` how many, ``language`` a text in
    several languages. ``value`` is a constant. ``of`` is read from the record that this one belongs to. ``values``
    lists an enum's words, or maps the platform's words to them. ``lenient``: an invalid value is left out, instead of
    making the whole answer unusable. It is for unverified fields that nothing depends on.

    ``search`` says how words find a record by the field: by any word of its ``name``, with a typing slip; by its
    ``number``, a code that must be said whole; by its ``email``; or by any word of a ``text`` that describes it.
    ``pattern`` is the form of a ``number``: only such words are taken for one. ``label`` and ``words`` are what people
    call the field. ``ranged``: it can be asked for between two bounds ("before Friday"). ``currency_field`` names the
    field with the currency of ``money_minor``, which is in minor units."""

    at: str | tuple[Pointer, ...] | None = ...
    join: tuple[str, ...] | None = ...
    value: Scalar | None = ...
    of: Related | None = ...
    type: FieldType = ...
    label: Line | None = ...
    search: SearchBy | None = ...
    values: tuple[Line, ...] | dict[str, Line] = ...
    currency_field: Word | None = ...
    pattern: str | None = ...
    ranged: bool = ...
    words: tuple[Line, ...] = ...
    lenient: bool = ...

class RelationDocument(_Part):
    kind: Word
    via: Word

class Place(_Part):
    """Place of a value in a request: the query parameter ``query``, or ``body``, a pointer into the posted JSON.
    ``several`` says how several values are sent: as one comma-separated value, or by repeating the parameter. Without
    it only one value can be sent. ``format`` is a template around the value ("*{value}*")."""

    query: QueryName | None = ...
    body: Pointer | None = ...
    several: Literal["comma", "repeat"] | None = ...
    format: str | None = ...

class Between(_Part):
    """Places of a field's bounds. ``at_least`` and ``less_than`` are RFC 3339 or numbers."""

    at_least: Place | None = ...
    less_than: Place | None = ...

class Ordering(_Part):
    """Sorting of a list: the value at ``place`` for a field, where ``{field}`` is the platform's name of the field."""

    place: Place
    ascending: Line = ...
    descending: Line = ...
    fields: dict[Word, Line]

class Pages(_Part):
    """Paging of a list. ``page`` counts pages from ``first``. ``offset`` counts records. ``cursor`` sends back the
    value at ``next``. ``next_url`` follows the address at ``next``, and ``link`` the address in the Link header (RFC
    8288), both only below the platform's address. ``size`` is the place of the page size. ``total`` points at the
    number of records on all pages. Without it, pages are read again to find records that moved meanwhile."""

    type: Literal["none", "page", "offset", "cursor", "next_url", "link"] = ...
    place: Place | None = ...
    size: Place | None = ...
    next: Pointer | None = ...
    total: Pointer | None = ...
    first: int = ...
    max_size: int = ...

    @property
    def shifts(self) -> bool:
        """Whether the content of a page depends on the records before it."""

class Operation(_Part):
    """One way to list records. ``records`` points at the array in the answer, and "" is the answer itself. If the
    records are an object by key, ``keyed_by`` points at the place in a record for the key.

    Conditions without a place in the operation are checked on the returned records, page by page. Conditions with a
    place are sent to the platform and checked again.
    """

    method: Literal["GET", "POST"] = ...
    path: Path
    query: dict[QueryName, Line] = ...
    body: Any = ...
    records: Pointer = ...
    keyed_by: Pointer | None = ...
    text: Place | None = ...
    filters: dict[Word, Place] = ...
    bounds: dict[Word, Between] = ...
    order: Ordering | None = ...
    pagination: Pages = ...

class Read(_Part):
    """Reading one record. ``{id}`` in the path is the record's id. ``record`` points at the record in the answer.
    ``fuller``: the answer has fields that the list lacks, so that a search also reads each record that it finds.
    ``missing`` are the statuses besides 404 that mean that there is no such record, or no visible one."""

    path: Path
    query: dict[QueryName, Line] = ...
    record: Pointer = ...
    fuller: bool = ...
    missing: tuple[int, ...] = ...

class KindDocument(_Part):
    """One kind of record and how to read it.

    ``nouns`` are people's words for it, singular and plural, and ``words`` those of other languages. ``label`` and
    ``detail`` are what people see of a record: ``{field}`` stands for a field, and a part between dots without a value
    is left out. ``id`` is the field with its id. ``relations`` are the kinds that own it, nearest first, each ``via``
    the field with the owner's id. ``order`` is the field for "last" and "newest", ``size`` the one for "biggest".
    ``states`` maps words that narrow it ("unpaid") to the values of fields. ``times`` maps words that narrow it by the
    present ("overdue") to a ranged field and the side of now on which its value is. ``ours``: "my" and "our" can mean
    any of its records.

    ``scope`` are parameters of the list that are filled with other kinds' ids: ``{"event": "event"}`` for
    ``/events/{event}/vouchers``, or for ``/vouchers`` with the query ``{"event_id": "{event}"}``. The id of such a
    record is the id of its scope, a slash, and its own id.
    """

    title: Line
    nouns: tuple[Line, ...]
    words: dict[Locale, KindWords] = ...
    id: Word = ...
    label: Line = ...
    detail: str = ...
    fields: dict[Word, FieldDocument]
    relations: tuple[RelationDocument, ...] = ...
    order: Word | None = ...
    size: Word | None = ...
    states: dict[Line, dict[Word, tuple[Scalar, ...]]] = ...
    times: dict[Line, tuple[Word, Side]] = ...
    ours: bool = ...
    scope: dict[Word, Word] = ...
    list: Operation
    search: Operation | None = ...
    get: Read | None = ...

class Verification(_Part):
    """Verification of a webhook. ``hmac``: a header holds the HMAC of the raw body. With ``timestamp``, the signed text
    is that header's value, a dot and the body, and the time may differ by at most five minutes. If one header holds
    both (``t=…,v1=…``), ``timestamp_part`` and ``signature_part`` are their names in it. ``header``: a header holds the
    secret itself. ``secret_in_address``: the address given to the platform contains the secret. ``standard_webhooks``:
    the specification of that name."""

    type: Literal["hmac", "header", "secret_in_address", "standard_webhooks"]
    header: HeaderName | None = ...
    algorithm: Literal["sha1", "sha256", "sha512"] = ...
    encoding: Literal["hex", "base64"] = ...
    prefix: str = ...
    timestamp: HeaderName | None = ...
    timestamp_part: HeaderName | None = ...
    signature_part: HeaderName | None = ...

class HeaderPlace(_Part):
    header: HeaderName

Found = Pointer | HeaderPlace

class WebhookEvent(_Part):
    """The event that one of the platform's messages becomes. ``record`` points at the id of the message's ``kind``
    record, in parts if the kind has a scope. With ``fields``, that record is read from the platform and supplies the
    event's data: the event's name of a field → the record's. ``data`` adds values from the message itself, by
    pointer."""

    event: str
    kind: Word | None = ...
    record: tuple[Pointer, ...] | None = ...
    fields: dict[Word, Word] = ...
    data: dict[Word, Pointer] = ...

class Webhooks(_Part):
    """The platform's webhooks. ``type`` and ``id`` are the places of a message's type and id. Without ``id``, the
    digest of the message's bytes is used. ``events``: the platform's type → the event."""

    verify: Verification
    type: Found
    id: Found | None = ...
    at: Pointer | None = ...
    events: dict[Line, WebhookEvent]
    help: Text | None = ...

class ConnectorDocument(_Part):
    """A connector. ``actions`` are contracts, or the name of a file in the same folder that contains them."""

    name: Word
    title: Line
    version: str = ...
    description: Text | None = ...
    documentation: str | None = ...
    connection: Access = ...
    kinds: dict[Word, KindDocument] = ...
    webhooks: Webhooks | None = ...
    actions: str | tuple[dict[str, Any], ...] = ...

class DeclarativeConnector(Connector):
    """A connector made from a document. A class that extends it names its document in ``document`` (``read_document``
    reads the file in its folder) and overrides what a document can't express, attributes such as ``secret_form``
    too."""

    document: ClassVar[ConnectorDocument]
    actions: ClassVar[tuple[Mapping[str, Any], ...]] = ...

    def __init__(self, client: PlatformClient, settings: Settings) -> None:
        """Raises BadSetting for a missing or malformed setting of the connection."""

    def context_providers(self) -> Sequence[ContextProvider]: ...
    def register_actions(self) -> Sequence[Contract]:
        """The contracts of the document, with this connection's settings and address filled in."""

    def find_list_path(self) -> str | None:
        """The path and query of a list of records, one a page if the platform can do that. None if every list is posted
        or lies within another record."""

    @classmethod
    def takes_webhooks(cls) -> bool: ...
    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]: ...

class DeclarativeRecords:
    """The records of one connection, as its connector's document declares them. ``given`` are the connection's settings
    by name. Each read asks the platform: nothing is cached."""

    def __init__(self, client: PlatformClient, document: ConnectorDocument, given: Mapping[str, str]) -> None: ...
    def kinds(self) -> tuple[RecordKind, ...]: ...
    async def search(self, query: Query) -> Sequence[Record]:
        """The matching records. Raises InvalidInput for an undeclared kind or field (so that undeclared ones can't be
        probed), and PlatformUnavailable if the platform doesn't answer, answers in another shape, or if more records
        would have to be read than allowed."""

    async def get(self, kind: str, record_id: str) -> Record | None:
        """The record, or None. It is also None for an impossible id: one of another form than the declared one, or one
        that the platform refuses while it reads its other records."""

class InvalidInput(OpsIQError):
    code = "invalid_request"

class NotCanonical(InvalidInput):
    code = "not_canonical"

class Unavailable(OpsIQError):
    code = "unavailable"
    retryable = True

class PlatformUnavailable(Unavailable):
    """``lasting``: asking again at once can't help, such as for refused credentials or an answer of another shape.
    ``status`` is the answer's, if the platform refused the read with one. ``connection`` is the name of the one that
    was asked, if there are several."""

    code = "platform_unavailable"

    def __init__(self, detail: str, *, lasting: bool = ..., status: int | None = ...) -> None: ...
    def name_connection(self, name: str, title: str) -> None:
        """Says which connection was asked, in front of a detail that calls it "the platform"."""

class Unauthenticated(OpsIQError):
    code = "invalid_signature"

def admit(kind: RecordKind, row: Mapping[str, Any], *, as_of: str = ...) -> Record:
    """Builds a record from a platform's row. Undeclared fields are dropped unread."""

def is_between(value: Any, low: Bound, high: Bound) -> bool:
    """Whether a field's value is at least ``low`` and less than ``high``. "2026-10-03 09:00" is a moment like
    "2026-10-03T09:00"."""

def lint_folder(folder: Path) -> list[Finding]:
    """The findings of a connector's folder: its document and the contracts it names."""

def parse_contract(value: Any) -> Contract:
    """Parses a contract from decoded JSON. Raises InvalidContract with one finding per fault, each with the path and
    how to fix it."""

def parse_json(raw: bytes | str, *, max_depth: int = ...) -> Any:
    """Parses strict JSON: UTF-8, no duplicate keys, NaN, Infinity, overflowing numbers or lone surrogates, and at most
    ``max_depth`` levels. Raises NotCanonical."""

def read_actions(folder: Path, made: ConnectorDocument) -> tuple[Mapping[str, Any], ...]:
    """The contracts that a document proposes, in itself or in the file that it names. Raises InvalidInput."""

def read_document(folder: Path) -> ConnectorDocument:
    """The document in a connector's folder. Raises InvalidInput with every finding."""

def verify_webhook(
    secrets: Sequence[str], headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes, *, now: int
) -> str:
    """Verifies a message. Returns its ``webhook-id`` if one of ``secrets`` signed it within TOLERANCE_S of ``now``
    (Unix seconds).

    ``headers`` may be in any case, as a mapping or as pairs; pairs show doubled headers, which are refused. Raises
    Unauthenticated for any other fault of the sender, and BadSetting for a malformed secret of ours.
    """
