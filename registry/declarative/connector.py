"""Declarative connector: the class made from one connector document. Python can extend any part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from core import canon
from core.errors import BadAssertion, BadSetting, Finding, InvalidInput
from registry import contract
from registry.connector import (
    ConnectionOption,
    Connector,
    Event,
    Inbound,
    PlatformClient,
    ReadAccess,
    SecretForm,
    Settings,
)
from registry.contract import Contract
from registry.contract_file import read_contracts, with_base_url
from registry.declarative import document as documents
from registry.declarative.document import ConnectorDocument
from registry.declarative.records import DeclarativeRecords
from registry.declarative.requests import choose_size, push_query, request_first_page
from registry.declarative.webhooks import make_events
from registry.json_schema.pointer import join_pointer
from registry.patterns import compile_pattern
from registry.records import ContextProvider, Query

FILE: Final = "connector.json"
MAX_FILE_BYTES: Final = 4 * 1024 * 1024
_FORMS: Final[Mapping[str, SecretForm]] = {
    "standard_webhooks": "standard", "hmac": "plain", "header": "plain", "secret_in_address": "address",
}  # fmt: skip


class DeclarativeConnector(Connector):
    """A connector made from a document. A class that extends it names its document in ``document`` (``read_document``
    reads the file in its folder) and overrides what a document can't express, attributes such as ``secret_form``
    too."""

    document: ClassVar[ConnectorDocument]
    actions: ClassVar[tuple[Mapping[str, Any], ...]] = ()

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        made = cls.__dict__.get("document")
        if isinstance(made, ConnectorDocument):
            cls.name = made.name
            for attribute, value in _read_attributes(made).items():
                if attribute not in cls.__dict__:  # what the class says itself counts
                    setattr(cls, attribute, value)

    def __init__(self, client: PlatformClient, settings: Settings) -> None:
        """Raises BadSetting for a missing or malformed setting of the connection."""
        super().__init__(client, settings)
        self.given = _given(self.document, settings.options)
        self._records = DeclarativeRecords(client, self.document, self.given)

    def context_providers(self) -> Sequence[ContextProvider]:
        return (self._records,) if self.document.kinds else ()

    def register_actions(self) -> Sequence[Contract]:
        """The contracts of the document, with this connection's settings and address filled in."""
        filled = with_base_url(
            {"actions": [with_settings(each, self.given) for each in self.actions]}, self.settings.base_url
        )
        return [contract.parse(value) for value in filled["actions"]]

    def find_list_path(self) -> str | None:
        """The path and query of a list of records, one a page if the platform can do that. None if every list is posted
        or lies within another record."""
        for name, kind in self.document.kinds.items():
            if kind.list.method == "GET" and not kind.scope:
                asked = push_query(kind, kind.list, Query(name, limit=1), self.given, None)
                pages = kind.list.pagination
                first, _ = request_first_page(pages, asked.request, choose_size(pages, 1), 0)
                return f"{first.path}?{urlencode(first.query)}" if first.query else first.path
        return None

    @classmethod
    def takes_webhooks(cls) -> bool:
        return cls.document.webhooks is not None or cls.handle_webhook is not DeclarativeConnector.handle_webhook

    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]:
        if self.document.webhooks is None:
            raise BadAssertion(f"{self.title} sends no webhooks.")
        secrets = self.settings.webhook_secrets(inbound.received_at)
        return await make_events(self.document, self._records, inbound, secrets)


def _read_attributes(made: ConnectorDocument) -> Mapping[str, Any]:
    """The attributes of a connector's class that its document says."""
    credential, rate = made.connection.credential, made.connection.rate_limit
    return {
        "title": made.title,
        "version": made.version,
        "access": ReadAccess(
            credential.type,
            "Bearer" if credential.prefix is None else credential.prefix,
            credential.name or "",
            dict(made.connection.headers),
            rate.requests if rate else 0,
            rate.per_s if rate else 1,
        ),
        "options": {
            name: ConnectionOption(each.label, each.example or "", each.default)
            for name, each in made.connection.settings.items()
        },
        "secret_form": _FORMS[made.webhooks.verify.type if made.webhooks is not None else "standard_webhooks"],
    }


def make_connector_class(made: ConnectorDocument, actions: Sequence[Mapping[str, Any]]) -> type[DeclarativeConnector]:
    """The class of one document and its contracts."""
    name = "".join(part.capitalize() for part in made.name.split("_")) + "Connector"
    return type(
        name, (DeclarativeConnector,), {"document": made, "actions": tuple(actions), "__doc__": made.description}
    )


def read_document(folder: Path) -> ConnectorDocument:
    """The document in a connector's folder. Raises InvalidInput with every finding."""
    return documents.parse(_json(folder / FILE))


def read_actions(folder: Path, made: ConnectorDocument) -> tuple[Mapping[str, Any], ...]:
    """The contracts that a document proposes, in itself or in the file that it names. Raises InvalidInput."""
    if not isinstance(made.actions, str):
        return made.actions
    _, found = read_contracts(_json(folder / made.actions))
    if found is None or not all(isinstance(each, Mapping) for each in found):
        raise InvalidInput(f'{made.actions} holds no list of contracts: write {{"actions": [ … ]}}.')
    return tuple(found)


def read_connector(folder: Path) -> type[DeclarativeConnector]:
    """The class of a folder with a ``connector.json``. Raises InvalidInput."""
    made = read_document(folder)
    return make_connector_class(made, read_actions(folder, made))


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(f"{path.name} is larger than {MAX_FILE_BYTES} bytes.")
        return canon.loads(path.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{path.name} can't be read: {error.strerror}.") from error


def _given(made: ConnectorDocument, options: Mapping[str, str]) -> dict[str, str]:
    known = made.connection.settings
    if strange := sorted(set(options) - set(known)):
        told = f"{made.title} has no setting {', '.join(strange)}; it has {', '.join(known) or 'none'}."
        raise _make_fault(strange[0], told)
    given: dict[str, str] = {}
    for name, each in known.items():
        value = options.get(name) or each.default
        if value is None:
            raise _make_fault(name, f"{made.title} needs the setting {name!r} ({each.label}).")
        rule = compile_pattern(each.pattern)
        if rule is None or len(value) > 200 or not rule.covers(value):
            raise _make_fault(name, f"The setting {name!r} ({each.label}) does not have the form {each.pattern}.")
        given[name] = value
    return given


def _make_fault(option: str, detail: str) -> BadSetting:
    return BadSetting(detail, findings=[Finding(join_pointer("options", option), "invalid", detail)])


def with_settings(value: Mapping[str, Any], given: Mapping[str, str]) -> Mapping[str, Any]:
    """A contract whose endpoint has the connection's settings instead of their ``{name}``."""
    endpoint = value.get("endpoint")
    return {**value, "endpoint": _with_settings(endpoint, given)} if given and endpoint is not None else value


def _with_settings(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, each in given.items():
            value = value.replace(f"{{{name}}}", each)
        return value
    if isinstance(value, Mapping):
        return {name: _with_settings(each, given) for name, each in value.items()}
    return [_with_settings(each, given) for each in value] if isinstance(value, list) else value
