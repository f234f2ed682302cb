"""Connector interface: a connector is a folder with one class or a ``connector.json`` (``registry.declarative``).
``registry.discovery`` finds connectors. This module knows no platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol

from core.clock import from_iso
from registry.contract import Contract
from registry.platform_event import Event as Event
from registry.records import ContextProvider

if TYPE_CHECKING:
    from registry.record_cache import RecordSource

WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the secret's name
WEBHOOK_SECRET_BEFORE: Final = "webhook_secret_before"  # noqa: S105 - the secret's name
WEBHOOK_SECRET_BEFORE_UNTIL: Final = "webhook_secret_before_until"  # noqa: S105 - a time


@dataclass(frozen=True, slots=True)
class ReadAccess:
    """A platform's requirements for reads: the type of its credential, with the word before a bearer token or the name
    of the header or query parameter for it; headers that are always the same; and at most ``requests`` in ``per_s``
    seconds (0: no limit)."""

    credential: str = "bearer"
    prefix: str = "Bearer"
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    requests: int = 0
    per_s: int = 1


@dataclass(frozen=True, slots=True)
class PlatformRequest:
    """One read of a platform. ``path`` is percent-encoded and below the base address. ``body`` is JSON, for searches by
    POST. ``missing`` are statuses besides 404 that mean that nothing is there. A request that is being planned makes
    each read once: ``again`` counts reads that are repeated on purpose, to see whether something has changed."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    missing: frozenset[int] = frozenset()
    again: int = 0


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """A platform's answer: a status from 200 to 299 with its decoded JSON, or 404. Header names are in lower case."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class PlatformClient(Protocol):
    """HTTP port for a connector's reads. Implemented in ``executors``: signed in, guarded, with time limits. Raises
    PlatformUnavailable."""

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded JSON of GET base_url + path, or None for a 404."""
        ...

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        """The answer to any read. Raises for every status except 2xx and 404."""
        ...


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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Event subscriber of a connector: reacts to events whose name matches ``pattern`` (``invoice.*``, ``*``). A lower
    priority reacts first."""

    name: str
    pattern: str
    priority: int
    react: Callable[[Event], Awaitable[None]]
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """Inbound webhook: the raw bytes, header names in lower case, the time of arrival, and the query of its address."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one connection: the platform's address, its secrets by name (never logged), the connection's name in
    the workspace (empty: the connector's own), and the options that the connector asks for."""

    base_url: str
    secrets: Mapping[str, str]
    connection: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def webhook_secrets(self, now: datetime) -> Sequence[str]:
        """Secrets with which the platform may sign its webhooks: the present one, and during a rotation the previous
        one. Empty if none is configured: then no webhook can be verified."""
        present, before = self.secrets.get(WEBHOOK_SECRET), self.secrets.get(WEBHOOK_SECRET_BEFORE)
        until = self.secrets.get(WEBHOOK_SECRET_BEFORE_UNTIL)
        held = [before] if before and until and now < from_iso(until) else []
        return [*([present] if present else ()), *held]

    def __repr__(self) -> str:
        return f"Settings(base_url={self.base_url!r}, secrets=<{len(self.secrets)} kept>)"


@dataclass(frozen=True, slots=True)
class ConnectionOption:
    """An option that every connection of a connector has, which is no secret. ``default`` None: it must be given."""

    label: str
    example: str = ""
    default: str | None = None


SecretForm = Literal["standard", "plain", "address"]
"""Form of the secret of a platform's webhooks: ``whsec_…`` (Standard Webhooks), any text, or a part of the address that
the platform is given."""


class Connector:
    """Base class of connectors. Every method has a safe default, so a connector overrides only what it supports.
    ``interface`` is the version of ``registry.interface`` that it was written for, and ``version`` its own."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    interface: ClassVar[str] = "1.0"
    version: ClassVar[str] = ""
    access: ClassVar[ReadAccess] = ReadAccess()
    options: ClassVar[Mapping[str, ConnectionOption]] = {}
    secret_form: ClassVar[SecretForm] = "standard"  # noqa: S105 - a form, no secret

    def __init__(self, client: PlatformClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings

    @property
    def connection(self) -> str:
        """The name of this connection, which distinguishes it from others of the same connector in the workspace."""
        return self.settings.connection or self.name

    def identity_providers(self) -> Sequence[IdentityProvider]:
        return ()

    def context_providers(self) -> Sequence[ContextProvider]:
        return ()

    def register_actions(self) -> Sequence[Contract]:
        """The contracts that this connector proposes. They have no effect until an owner has signed them."""
        return ()

    def subscribers(self) -> Sequence[Subscriber]:
        return ()

    def mirrors(self) -> Sequence[RecordSource]:
        """Records that may be cached in the workspace, so that they are found without asking the platform."""
        return ()

    @classmethod
    def takes_webhooks(cls) -> bool:
        return cls.handle_webhook is not Connector.handle_webhook

    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]:
        """Verifies a platform's webhook (signature and age) and turns it into events. Raises BadAssertion."""
        raise NotImplementedError(f"the connector {self.name!r} takes no webhooks")
