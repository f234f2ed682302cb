"""Connector interface: a connector is a folder with one class. Discovery lives in ``registry.discovery``; nothing here
knows a platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from core.clock import from_iso
from registry.contract import Contract
from registry.platform_event import Event as Event
from registry.records import ContextProvider

if TYPE_CHECKING:
    from registry.record_cache import RecordSource

WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the secret's name
WEBHOOK_SECRET_BEFORE: Final = "webhook_secret_before"  # noqa: S105 - the secret's name
WEBHOOK_SECRET_BEFORE_UNTIL: Final = "webhook_secret_before_until"  # noqa: S105 - a time


class PlatformClient(Protocol):
    """HTTP port through which a connector reads its platform. Implemented in ``executors``: signed, guarded, timed.
    Raises PlatformUnavailable."""

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded JSON of GET base_url + path, or None where the platform answers 404."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of the platform, as the platform asserts: ``id`` is the platform's, ``role`` one that contracts list."""

    id: str
    name: str
    role: str


class IdentityProvider(Protocol):
    """Turns a platform's assertion (a signed token) into an Identity. Raises BadAssertion."""

    name: str

    async def identify(self, assertion: str) -> Identity: ...


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Event subscriber of a connector: reacts to events whose name matches ``pattern`` (``invoice.*``, ``*``). Lower
    priority reacts first."""

    name: str
    pattern: str
    priority: int
    react: Callable[[Event], Awaitable[None]]
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """Inbound webhook: the raw bytes, header names in lower case, and the time of arrival."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Settings:
    """A workspace's configuration of a connector: the platform's address, and its secrets by name (never logged)."""

    base_url: str
    secrets: Mapping[str, str]

    def webhook_secrets(self, now: datetime) -> Sequence[str]:
        """The secrets that the platform's webhooks may be signed with: the present one, and during a rotation the
        previous one. Empty where none is configured: then no webhook can be believed."""
        present, before = self.secrets.get(WEBHOOK_SECRET), self.secrets.get(WEBHOOK_SECRET_BEFORE)
        until = self.secrets.get(WEBHOOK_SECRET_BEFORE_UNTIL)
        held = [before] if before and until and now < from_iso(until) else []
        return [*([present] if present else ()), *held]

    def __repr__(self) -> str:
        return f"Settings(base_url={self.base_url!r}, secrets=<{len(self.secrets)} kept>)"


class Connector:
    """Base class of connectors. Every method has a safe default: a connector declares what it has and leaves the
    rest."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""

    def __init__(self, client: PlatformClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings

    def identity_providers(self) -> Sequence[IdentityProvider]:
        return ()

    def context_providers(self) -> Sequence[ContextProvider]:
        return ()

    def register_actions(self) -> Sequence[Contract]:
        """The contracts this connector proposes. They are nothing until an owner has signed them."""
        return ()

    def subscribers(self) -> Sequence[Subscriber]:
        return ()

    def mirrors(self) -> Sequence[RecordSource]:
        """Which records may be cached in the workspace, so that they are found without asking the platform."""
        return ()

    @classmethod
    def takes_webhooks(cls) -> bool:
        return cls.handle_webhook is not Connector.handle_webhook

    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]:
        """Verifies a platform's webhook (signature and age) and turns it into events. Raises BadAssertion."""
        raise NotImplementedError(f"the connector {self.name!r} takes no webhooks")
