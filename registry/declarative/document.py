"""``opsiq/connector/v1``: a connector as one JSON document, without code.

The document says how to reach a platform, which kinds of records it has and how to list, search and read them, which
webhooks it sends, and which actions the connector proposes. ``registry.declarative.lint`` finds faults beyond the
document's shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from core.errors import Finding, InvalidInput
from registry.form_faults import describe_fault
from registry.records import FieldType, SearchBy, Side

SCHEMA: Final = "opsiq/connector/v1"
MAX_FAULTS: Final = 200
MAX_KINDS: Final = 200
MAX_FIELDS: Final = 100

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Pointer = Annotated[str, StringConstraints(pattern=r"^(/[^\s]*)?$", max_length=200)]
Path = Annotated[str, StringConstraints(pattern=r"^/[!-~]*$", max_length=500)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", max_length=100)]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=500)]
QueryName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Scalar = str | int | bool
_OLDER_TYPES: Final = {"oauth2_client_credentials": "oauth_client", "oauth2_refresh_token": "oauth_refresh"}
"""Earlier names of credentials, which documents may still use."""


class _Part(BaseModel):
    # Built on first use: a start makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


# ── how the platform is reached ──────────────────────────────────────────────────────────────────────────────────────


class BaseAddress(_Part):
    """The platform's address, which an owner is asked for."""

    label: Line = "Address"
    example: Line | None = None


class Option(_Part):
    """A setting of one connection, which is no secret. It fills ``{name}`` in paths and in the URLs of actions."""

    label: Line
    example: Line | None = None
    default: Line | None = None
    pattern: Annotated[str, StringConstraints(max_length=200)] = r"[A-Za-z0-9][A-Za-z0-9._~-]*"


class Credential(_Part):
    """The type of credential that the platform accepts, as ``opsiq connections credential --type`` takes it.
    ``oauth_client`` (client credentials) and ``oauth_refresh`` (a refresh token) get access tokens at ``token_url``.
    ``prefix`` stands before a bearer token ("Token"). ``name`` is the header or query parameter that carries the
    credential."""

    type: Annotated[
        Literal["none", "bearer", "basic", "header", "query", "oauth_client", "oauth_refresh"],
        BeforeValidator(lambda said: _OLDER_TYPES.get(said, said) if isinstance(said, str) else said),
    ] = "bearer"
    prefix: Annotated[str, StringConstraints(pattern=r"^[!-~]*$", max_length=40)] | None = None
    name: QueryName | None = None
    token_url: Line | None = None
    scopes: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    label: Line | None = None
    help: Text | None = None


class RateLimit(_Part):
    """Limit of ``requests`` reads in ``per_s`` seconds."""

    requests: Annotated[int, Field(ge=1, le=100_000)]
    per_s: Annotated[int, Field(ge=1, le=86_400)] = 1


class Access(_Part):
    base_url: BaseAddress = BaseAddress()
    settings: Annotated[dict[Word, Option], Field(max_length=20)] = Field(default_factory=dict)
    credential: Credential = Credential()
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = Field(default_factory=dict)
    rate_limit: RateLimit | None = None


# ── where a value stands in a request ────────────────────────────────────────────────────────────────────────────────


class Place(_Part):
    """Place of a value in a request: the query parameter ``query``, or ``body``, a pointer into the posted JSON.
    ``several`` says how several values are sent: as one comma-separated value, or by repeating the parameter. Without
    it only one value can be sent. ``format`` is a template around the value ("*{value}*")."""

    query: QueryName | None = None
    body: Pointer | None = None
    several: Literal["comma", "repeat"] | None = None
    format: Annotated[str, StringConstraints(pattern=r"^[^{}]*\{value\}[^{}]*$", max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.query is None) == (self.body is None):
            raise ValueError("a place is either a 'query' parameter or a pointer into the 'body'")
        return self


class Between(_Part):
    """Places of a field's bounds. ``at_least`` and ``less_than`` are RFC 3339 or numbers."""

    at_least: Place | None = None
    less_than: Place | None = None


class Ordering(_Part):
    """Sorting of a list: the value at ``place`` for a field, where ``{field}`` is the platform's name of the field."""

    place: Place
    ascending: Line = "{field}"
    descending: Line = "-{field}"
    fields: Annotated[dict[Word, Line], Field(min_length=1, max_length=MAX_FIELDS)]


class Pages(_Part):
    """Paging of a list. ``page`` counts pages from ``first``. ``offset`` counts records. ``cursor`` sends back the
    value at ``next``. ``next_url`` follows the address at ``next``, and ``link`` the address in the Link header (RFC
    8288), both only below the platform's address. ``size`` is the place of the page size. ``total`` points at the
    number of records on all pages. Without it, pages are read again to find records that moved meanwhile."""

    type: Literal["none", "page", "offset", "cursor", "next_url", "link"] = "none"
    place: Place | None = None
    size: Place | None = None
    next: Pointer | None = None
    total: Pointer | None = None
    first: Annotated[int, Field(ge=0, le=1)] = 1
    max_size: Annotated[int, Field(ge=1, le=1000)] = 50

    @property
    def shifts(self) -> bool:
        """Whether the content of a page depends on the records before it."""
        return self.type not in ("none", "cursor")

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        if self.type in ("page", "offset", "cursor") and self.place is None:
            raise ValueError(f"the pagination {self.type!r} needs 'place': where the {self.type} goes")
        if self.type in ("cursor", "next_url") and self.next is None:
            raise ValueError(f"the pagination {self.type!r} needs 'next': a pointer to it in the answer")
        return self


class Operation(_Part):
    """One way to list records. ``records`` points at the array in the answer, and "" is the answer itself. If the
    records are an object by key, ``keyed_by`` points at the place in a record for the key.

    Conditions without a place in the operation are checked on the returned records, page by page. Conditions with a
    place are sent to the platform and checked again.
    """

    method: Literal["GET", "POST"] = "GET"
    path: Path
    query: Annotated[dict[QueryName, Line], Field(max_length=50)] = Field(default_factory=dict)
    body: Any = None
    records: Pointer = ""
    keyed_by: Annotated[Pointer, StringConstraints(min_length=2)] | None = None
    text: Place | None = None
    filters: Annotated[dict[Word, Place], Field(max_length=MAX_FIELDS)] = Field(default_factory=dict)
    bounds: Annotated[dict[Word, Between], Field(max_length=MAX_FIELDS)] = Field(default_factory=dict)
    order: Ordering | None = None
    pagination: Pages = Pages()

    @model_validator(mode="after")
    def _body_goes_with_post(self) -> Self:
        if self.method == "GET" and self.body is not None:
            raise ValueError("a GET has no body: use POST, or put it into 'query'")
        return self


class Read(_Part):
    """Reading one record. ``{id}`` in the path is the record's id. ``record`` points at the record in the answer.
    ``fuller``: the answer has fields that the list lacks, so that a search also reads each record that it finds.
    ``missing`` are the statuses besides 404 that mean that there is no such record, or no visible one."""

    path: Path
    query: Annotated[dict[QueryName, Line], Field(max_length=50)] = Field(default_factory=dict)
    record: Pointer = ""
    fuller: bool = False
    missing: Annotated[tuple[Annotated[int, Field(ge=400, le=422)], ...], Field(max_length=4)] = ()


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


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

    at: (
        Annotated[str, StringConstraints(pattern=r"^(/\S*|\$[a-z][a-z0-9_]*)$", max_length=200)]
        | tuple[Pointer, ...]
        | None
    ) = None
    join: Annotated[tuple[str, ...], Field(min_length=2, max_length=10)] | None = None
    with_: Annotated[str, StringConstraints(max_length=10)] = Field(default=" ", alias="with")
    value: Scalar | None = None
    of: Related | None = None
    type: FieldType = "string"
    from_: Literal["decimal", "epoch_s", "epoch_ms", "exists", "count", "language"] | None = Field(
        default=None, alias="from"
    )
    label: Line | None = None
    search: SearchBy | None = None
    values: tuple[Line, ...] | dict[str, Line] = ()
    currency_field: Word | None = None
    pattern: Annotated[str, StringConstraints(max_length=200)] | None = None
    ranged: bool = False
    words: tuple[Line, ...] = ()
    lenient: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(each is not None for each in (self.at, self.join, self.value, self.of)) > 1:
            raise ValueError("a field has one source: 'at', 'join', 'value' or 'of'")
        return self


class RelationDocument(_Part):
    kind: Word
    via: Word


class KindWords(_Part):
    """Words for a kind in another language: its nouns, and the words that narrow it → a state of ``states``."""

    nouns: tuple[Line, ...] = ()
    states: dict[Line, Line] = Field(default_factory=dict)


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
    nouns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    words: dict[Locale, KindWords] = Field(default_factory=dict)
    id: Word = "id"
    label: Line = "{id}"
    detail: Annotated[str, StringConstraints(max_length=500)] = ""
    fields: Annotated[dict[Word, FieldDocument], Field(min_length=1, max_length=MAX_FIELDS)]
    relations: Annotated[tuple[RelationDocument, ...], Field(max_length=20)] = ()
    order: Word | None = None
    size: Word | None = None
    states: dict[Line, dict[Word, Annotated[tuple[Scalar, ...], Field(min_length=1)]]] = Field(default_factory=dict)
    times: dict[Line, tuple[Word, Side]] = Field(default_factory=dict)
    ours: bool = False
    scope: Annotated[dict[Word, Word], Field(max_length=1)] = Field(default_factory=dict)
    list: Operation
    search: Operation | None = None
    get: Read | None = None


# ── webhooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class HeaderPlace(_Part):
    header: HeaderName


Found = Pointer | HeaderPlace


class Verification(_Part):
    """Verification of a webhook. ``hmac``: a header holds the HMAC of the raw body. With ``timestamp``, the signed text
    is that header's value, a dot and the body, and the time may differ by at most five minutes. If one header holds
    both (``t=…,v1=…``), ``timestamp_part`` and ``signature_part`` are their names in it. ``header``: a header holds the
    secret itself. ``secret_in_address``: the address given to the platform contains the secret. ``standard_webhooks``:
    the specification of that name."""

    type: Literal["hmac", "header", "secret_in_address", "standard_webhooks"]
    header: HeaderName | None = None
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, StringConstraints(max_length=40)] = ""
    timestamp: HeaderName | None = None
    timestamp_part: HeaderName | None = None
    signature_part: HeaderName | None = None

    @model_validator(mode="after")
    def _header(self) -> Self:
        if self.type in ("hmac", "header") and self.header is None:
            raise ValueError(f"the verification {self.type!r} needs 'header': the name of the header")
        if self.timestamp_part and (self.timestamp or not self.signature_part):
            raise ValueError("'timestamp_part' goes with 'signature_part', and without 'timestamp'")
        return self


class WebhookEvent(_Part):
    """The event that one of the platform's messages becomes. ``record`` points at the id of the message's ``kind``
    record, in parts if the kind has a scope. With ``fields``, that record is read from the platform and supplies the
    event's data: the event's name of a field → the record's. ``data`` adds values from the message itself, by
    pointer."""

    event: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=128)]
    kind: Word | None = None
    record: Annotated[tuple[Pointer, ...], Field(min_length=1, max_length=2)] | None = None
    fields: Annotated[dict[Word, Word], Field(max_length=50)] = Field(default_factory=dict)
    data: Annotated[dict[Word, Pointer], Field(max_length=50)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _record_of_a_kind(self) -> Self:
        if (self.record is None) != (self.kind is None) or (self.fields and self.record is None):
            raise ValueError("'record' goes with 'kind', and 'fields' with both")
        return self


class Webhooks(_Part):
    """The platform's webhooks. ``type`` and ``id`` are the places of a message's type and id. Without ``id``, the
    digest of the message's bytes is used. ``events``: the platform's type → the event."""

    verify: Verification
    type: Found
    id: Found | None = None
    at: Pointer | None = None
    events: Annotated[dict[Line, WebhookEvent], Field(min_length=1, max_length=500)]
    help: Text | None = None


class ConnectorDocument(_Part):
    """A connector. ``actions`` are contracts, or the name of a file in the same folder that contains them."""

    schema_: Literal["opsiq/connector/v1"] = Field(default=SCHEMA, alias="schema")
    name: Word
    title: Line
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$", max_length=40)] = "1.0.0"
    description: Text | None = None
    documentation: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    connection: Access = Access()
    kinds: Annotated[dict[Word, KindDocument], Field(max_length=MAX_KINDS)] = Field(default_factory=dict)
    webhooks: Webhooks | None = None
    actions: (
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.json$", max_length=100)]
        | tuple[dict[str, Any], ...]
    ) = ()


def parse(value: Any) -> ConnectorDocument:
    """Parses a connector from decoded JSON. Raises InvalidInput with one finding per fault, each with the path and
    how to fix it."""
    try:
        return ConnectorDocument.model_validate(value)
    except ValidationError as error:
        findings = [
            Finding("/" + "/".join(str(part) for part in fault["loc"]), fault["type"], describe_fault(fault))
            for fault in error.errors(include_url=False, include_input=False)[:MAX_FAULTS]
        ]
        raise InvalidInput(f"The document does not fit {SCHEMA}.", findings=findings) from error


def make_json_schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of the document, for editors and for docs/reference."""
    made = ConnectorDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **made}
