"""Import state: an import's result, sealed into the page that shows it. The server stores no drafts: the page sends
them back.

The state is sealed for its workspace, so that the returned drafts are the importer's own, within its limits.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.crypto.secretbox import SecretBox
from core.errors import BadSetting, InvalidInput

MAX_SEALED_CHARS: Final = 6_000_000
MAX_PLAIN_BYTES: Final = 24 * 1024 * 1024
"""Limit before compression: each page unpacks all of it, and drafts of one schema compress well."""
_STALE: Final = "These drafts were not made here, or too long ago. Import the document again."


@dataclass(frozen=True, slots=True)
class DraftedOperation:
    """One operation's draft. ``suggested`` are the importer's guesses: parameter → kind of record."""

    operation: str
    contract: dict[str, Any]
    notes: tuple[str, ...]
    suggested: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RefusedOperation:
    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportState:
    """State of an import between its pages, sealed. ``connection`` and ``address`` are the document's proposals for its
    calls."""

    title: str
    version: str
    operations: int
    connection: str
    address: str
    drafts: tuple[DraftedOperation, ...]
    refused: tuple[RefusedOperation, ...]


def read_answer(answer: Mapping[str, Any]) -> ImportState:
    """The state of an importer's answer."""
    report, decided = answer["report"], answer["decisions"]["operations"]
    contracts = {each["name"]: each for each in answer["contracts"]}
    connection, address = next(iter(report["connections"].items()))
    return ImportState(
        title=report["title"],
        version=report["version"],
        operations=report["operations"],
        connection=connection,
        address=address or "",
        drafts=tuple(
            DraftedOperation(
                each["operation"],
                contracts[each["name"]],
                tuple(each["notes"]),
                {
                    name: said["suggested"]
                    for name, said in decided.get(each["operation"], {}).get("parameters", {}).items()
                    if said.get("suggested")
                },
            )
            for each in report["drafts"]
        ),
        refused=tuple(RefusedOperation(each["operation"], each["reason"]) for each in report["refused"]),
    )


def seal_state(box: SecretBox, workspace: str, state: ImportState) -> str:
    """Seals the state of an import. Raises InvalidInput for drafts that no page can carry."""
    plain = json.dumps(asdict(state)).encode()
    sealed = box.seal(zlib.compress(plain), context=_context(workspace)) if len(plain) <= MAX_PLAIN_BYTES else ""
    if not sealed or len(sealed) > MAX_SEALED_CHARS:
        raise InvalidInput("This document holds more than a page can carry. Import it with opsiq import openapi.")
    return sealed


def open_state(box: SecretBox, workspace: str, sealed: str) -> ImportState:
    """Opens the sealed state of an import. Raises InvalidInput for anything not sealed here."""
    if len(sealed) > MAX_SEALED_CHARS:
        raise InvalidInput(_STALE)
    try:
        value = json.loads(zlib.decompress(box.open(sealed, context=_context(workspace))))
        drafts = tuple(DraftedOperation(**{**each, "notes": tuple(each["notes"])}) for each in value.pop("drafts"))
        refused = tuple(RefusedOperation(**each) for each in value.pop("refused"))
        return ImportState(**value, drafts=drafts, refused=refused)
    except (BadSetting, ValueError, KeyError, TypeError, zlib.error) as error:
        raise InvalidInput(_STALE) from error


def _context(workspace: str) -> str:
    return f"import:{workspace}"
