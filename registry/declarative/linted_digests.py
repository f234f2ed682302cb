"""Digests of connector documents that were linted before they were shipped.

``python -m registry.declarative.linted_digests FOLDER`` lints a folder's connectors and writes its ``linted.json``. A
start trusts these digests instead of linting again. A changed document has another digest. After a change of the
linter, every document has.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from registry.declarative.connector import FILE
from registry.declarative.lint import lint_folder
from registry.linting.linter import is_advice

LINTED: Final = "linted.json"
# The linter's source files, relative to this module's folder.
RULES: Final = ("lint.py", "document.py", "../linting/*.py")


@cache
def digest_rules() -> str:
    """SHA-256, in hex, over the source of the linter: a new rule invalidates all earlier digests."""
    here = Path(__file__).parent
    return _digest(path for rule in RULES for path in sorted(here.glob(rule)))


def digest_documents(folder: Path, rules: str | None = None) -> str:
    """SHA-256, in hex, over the names and bytes of a connector's JSON documents, and over ``rules``: the linter's
    digest, by default this linter's."""
    return _digest(sorted(folder.glob("*.json")), rules or digest_rules())


def _digest(paths: Iterable[Path], before: str = "") -> str:
    whole = hashlib.sha256(before.encode())
    for path in paths:
        read = path.read_bytes()
        whole.update(f"{path.name}\n{len(read)}\n".encode() + read)
    return whole.hexdigest()


def read_linted_digests(folder: Path) -> Mapping[str, str]:
    """Digest by connector, from a folder of connectors. Empty if the file is missing or unreadable."""
    try:
        found = json.loads((folder / LINTED).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def lint_connectors(folder: Path) -> dict[str, str]:
    """Digest by connector of the documents in ``folder`` without findings, except for advice."""
    declared = sorted(path.parent for path in folder.glob(f"*/{FILE}"))
    return {
        each.name: digest_documents(each)
        for each in declared
        if all(is_advice(finding) for finding in lint_folder(each))
    }


if __name__ == "__main__":
    where = Path(sys.argv[1])
    (where / LINTED).write_text(json.dumps(lint_connectors(where), indent=1) + "\n")
