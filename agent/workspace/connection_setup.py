"""Connection setup: creates a connection with its credential, and checks live what it reads."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from agent.credentials.kinds import Credential, read_credential
from agent.credentials.vault import Vault
from agent.workspace.admin import WorkspaceAdmin
from core.actor import Actor
from core.errors import BadSetting, Finding, InvalidInput, OpsIQError
from registry.connector import Connector, ReadAccess
from registry.contract import Contract
from registry.declarative.connector import DeclarativeConnector
from registry.records import Query, Record, RecordKind
from store.connectors import ConnectorRow
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

_JSON: Final[Mapping[type, str]] = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One result of the check. ``detail`` says what was found and, if it is not ok, what to do."""

    state: Literal["ok", "warn", "fail"]
    about: str
    detail: str


async def connect(
    admin: WorkspaceAdmin,
    vault: Vault,
    by: Actor,
    connector: str,
    *,
    name: str,
    base_url: str,
    options: Mapping[str, str],
    token: str = "",
    secrets: Mapping[str, str] | None = None,
    in_transaction: TransactionHook[ConnectorRow] = no_hook,
) -> None:
    """Creates a connection or reconfigures an existing one. ``token`` is its credential. It is sealed in the vault if
    the connector's calls go through the connection. Otherwise it is kept as the token for reads.

    Raises what ``WorkspaceAdmin.connect`` raises. Also raises InvalidInput for an unknown connector, for values that
    the connector can't use, and for a token that is invalid for the platform's kind of credential.
    """
    if connector not in admin.contexts.discovered:
        here = ", ".join(sorted(admin.contexts.discovered)) or "none"
        detail = f"There is no connector {connector!r} here; there are: {here}."
        raise InvalidInput(detail, findings=[Finding("/connector", "unknown", detail)])
    cls = admin.contexts.find_connector(connector).cls
    credential = parse_credential(cls.access, token) if token and issubclass(cls, DeclarativeConnector) else None
    given = dict(secrets or {}) | ({"read_token": token} if token and credential is None else {})
    # The connector must build with these settings before they are stored.
    try:
        made = admin.contexts.build_connector(connector, base_url, given, connection=name, options=options)
        made.identity_providers()
    except BadSetting as error:
        raise InvalidInput(error.detail, findings=error.findings) from error
    of = connector if name != connector else None
    await admin.connect(by, name, base_url, given, connector=of, options=options, in_transaction=in_transaction)
    if credential is not None:
        await vault.put(by, name, credential)


def parse_credential(access: ReadAccess, token: str) -> Credential | None:
    """Parses what an owner pastes into the credential that the platform takes. Basic credentials are ``user:password``.
    Returns None if the platform takes none. Raises InvalidInput for a kind that needs more than one text."""
    match access.credential:
        case "bearer":
            return read_credential({"type": "bearer", "token": token, "prefix": access.prefix})
        case "basic":
            user, _, password = token.partition(":")
            return read_credential({"type": "basic", "username": user, "password": password})
        case "header" | "query":
            return read_credential({"type": access.credential, "name": access.name, "value": token})
        case "none":
            return None
    raise InvalidInput("This platform is signed in to by OAuth: connect it without a token, then give its credential.")


_SAMPLE: Final = 10
"""So many records of each kind are listed by a check."""
_FEWEST_CODES: Final = 3
_CODE: Final = re.compile(r"#?[A-Z]{0,6}[-/._ ]?\d[A-Z\d/._-]{0,30}")
"""A code with a digit. No name of a person or thing looks like it."""


async def check(connector: Connector, contracts: Iterable[Contract]) -> Sequence[CheckFinding]:
    """Lists one record of every kind, gets it by id, and compares the contracts' parameter types with its values. The
    connector is third-party code and the platform is a stranger's, so every failure becomes a finding."""
    made: list[CheckFinding] = []
    known = tuple(contracts)
    try:
        providers = connector.context_providers()
    except Exception as error:
        log.exception("the connection %s could not say what it reads", connector.connection)
        return [CheckFinding("fail", connector.connection, f"It fails to say what it reads ({type(error).__name__}).")]
    for provider in providers:
        for kind in provider.kinds():
            made += await _check_kind(provider, kind, known)
    return made or [CheckFinding("warn", connector.connection, "It declares no kind of record.")]


async def _check_kind(provider: Any, kind: RecordKind, contracts: Sequence[Contract]) -> list[CheckFinding]:
    try:
        found: Sequence[Record] = await provider.search(Query(kind.name, order=kind.order, limit=_SAMPLE))
        if not found:
            return [CheckFinding("warn", kind.name, "The list answers, and is empty: nothing else could be tried.")]
        record = found[0]
        again = await provider.get(kind.name, record.id)
    except OpsIQError as error:
        return [CheckFinding("fail", kind.name, error.detail)]
    except Exception as error:
        log.exception("a check of %s failed", kind.name)
        return [
            CheckFinding("fail", kind.name, f"The connector's own code failed ({type(error).__name__}); see the log.")
        ]
    if again is None:
        return [CheckFinding("fail", kind.name, f"{record.label} is in the list, and is not found by its id.")]
    if again.digest != record.digest:
        odd = ", ".join(name for name, value in record.values.items() if again.values.get(name) != value)
        return [CheckFinding("fail", kind.name, f"The list and the single read tell different values of: {odd}.")]
    empty = [each.name for each in kind.fields if record.values.get(each.name) is None]
    told = f" Nothing stands in: {', '.join(empty)}." if empty else ""
    made = [CheckFinding("ok", kind.name, f"Listed and read: {record.label}.{told}"), *_check_codes(kind, found)]
    return made + [each for contract in contracts for each in _check_types(contract, kind, record)]


def _check_codes(kind: RecordKind, found: Sequence[Record]) -> Iterable[CheckFinding]:
    """Warns of a field that is searched as a name, and whose values are codes ("B2", "INV-1042")."""
    for each in kind.fields:
        values = {str(record.values[each.name]) for record in found if record.values.get(each.name) is not None}
        coded = [value for value in values if _CODE.fullmatch(value)]
        if each.search == "name" and len(coded) >= _FEWEST_CODES and len(coded) > len(values) / 2:
            shown = ", ".join(sorted(coded)[:3])
            yield CheckFinding(
                "warn", kind.name,
                f"The values of {each.name!r} are codes ({shown}), and it is searched as a name: in a request they may "
                'not be understood. Write "search": "number", and the form of the codes as "pattern".',
            )  # fmt: skip


def _check_types(contract: Contract, kind: RecordKind, record: Record) -> Iterable[CheckFinding]:
    """Compares the type of the value that a parameter is sent with the type in the contract."""
    for name, annotation in contract.annotations.items():
        if annotation.record not in (kind.name, kind.name.rsplit(".", 1)[-1]):
            continue
        field = annotation.field or kind.id_field
        value, wanted = record.values.get(field), contract.properties.get(name, {}).get("type")
        held = _JSON.get(type(value))
        fits = held == wanted or (held == "integer" and wanted == "number")
        if value is not None and isinstance(wanted, str) and not fits:
            yield CheckFinding(
                "fail", contract.name, f"{name!r} is declared {wanted}, and the {field} of a {kind.name} is {held}."
            )
