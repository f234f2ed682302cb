"""Connector interface, as authors outside this repository import it (``opsiq_connector``).

Semantic versioning: everything listed here keeps its name and meaning within a major version. A minor version only adds
to it.
"""

from __future__ import annotations

from typing import Final

from core.canon import loads as parse_json
from core.errors import (
    BadAssertion,
    BadSetting,
    InvalidInput,
    NotCanonical,
    OpsIQError,
    PlatformUnavailable,
    Unauthenticated,
)
from core.webhook_signature import verify as verify_webhook
from registry.connector import (
    ConnectionOption,
    Connector,
    Identity,
    IdentityProvider,
    Inbound,
    PlatformAnswer,
    PlatformClient,
    PlatformRequest,
    ReadAccess,
    Settings,
    Subscriber,
)
from registry.contract import Contract
from registry.contract import parse as parse_contract
from registry.declarative.connector import DeclarativeConnector, read_actions, read_document
from registry.declarative.lint import lint_folder
from registry.declarative.records import DeclarativeRecords
from registry.platform_event import Event
from registry.record_cache import CachedKind, RecordSource, RecordState, StatePage
from registry.records import ContextProvider, Field, Query, Record, RecordKind, Relation, admit, is_between

VERSION: Final = "1.1.0"

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


def explain_unfit(wanted: str) -> str:
    """Why a connector written for ``wanted`` ("1.2") can't be used here. Empty if it can."""
    try:
        major, minor = (int(each) for each in wanted.split(".")[:2])
    except ValueError:
        return f"its interface version {wanted[:20]!r} is none such as {VERSION[:3]!r}"
    ours, least = (int(each) for each in VERSION.split(".")[:2])
    if major == ours and minor <= least:
        return ""
    return f"it was written for version {wanted[:20]} of the connector interface, and this server has {VERSION}"
