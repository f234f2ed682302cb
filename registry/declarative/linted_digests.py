"""Digests of connector documents that were linted before they were shipped.

``python -m registry.declarative.linted_digests FOLDER`` lints its connectors and writes its ``linted.json``.
A start trusts them instead of linting again; a document that was changed since has another digest.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from registry.declarative.connector import FILE
from registry.declarative.lint import lint_folder
from registry.linting.linter import is_advice

LINTED: Final = "linted.json"


def digest_of_documents(folder: Path) -> str:
    """SHA-256, in hex, over the names and the bytes of a connector's JSON documents."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        read = path.read_bytes()
        whole.update(f"{path.name}\n{len(read)}\n".encode() + read)
    return whole.hexdigest()


def linted_digests(folder: Path) -> Mapping[str, str]:
    """Digest by connector, as they stand in a folder of connectors; none where nothing readable stands there."""
    try:
        found = json.loads((folder / LINTED).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def lint_connectors(folder: Path) -> dict[str, str]:
    """Digest by connector of those documents in ``folder`` that have no finding but advice."""
    declared = sorted(path.parent for path in folder.glob(f"*/{FILE}"))
    return {
        each.name: digest_of_documents(each)
        for each in declared
        if all(is_advice(finding) for finding in lint_folder(each))
    }


if __name__ == "__main__":
    where = Path(sys.argv[1])
    (where / LINTED).write_text(json.dumps(lint_connectors(where), indent=1) + "\n")
