"""Small documents, each in the style of a kind of API: nested forms, vendor media types, wildcard paths, several files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.importing.decisions import read_decisions
from registry.importing.document.parser import parse_document
from registry.importing.document.references import Documents
from registry.importing.drafts.drafting import Draft
from registry.importing.importer import Import, import_document


def documents(files: Mapping[str, str | bytes], root: str = "") -> Documents:
    """A tree of documents held in memory; the first is its root, where none is named."""

    def read(name: str) -> bytes:
        text = files[name]
        return text if isinstance(text, bytes) else text.encode()

    return Documents(root or next(iter(files)), read)


def imported(text: str | bytes, decisions: Any = None) -> Import:
    """The import of one document."""
    decided = read_decisions(decisions) if decisions is not None else None
    return import_document(documents({"api.yaml": text}), decided)


def drafted(text: str, operation: str, decisions: Any = None) -> Draft:
    """The draft of one of a document's operations."""
    made = imported(text, decisions)
    found = {each.operation.key: each for each in made.drafts}
    if operation not in found:
        raise AssertionError(f"{operation} is refused: {[each.reason for each in made.refusals]}")
    return found[operation]


def refused(text: str, operation: str) -> str:
    """Why an operation is refused."""
    return next(each.reason for each in imported(text).refusals if each.operation.key == operation)


def api(paths: str, *, more: str = "", head: str = 'openapi: 3.0.3\ninfo: {title: Bookshop, version: "1"}') -> str:
    """A document with these paths, written in YAML from the margin on."""
    body = "\n".join(f"  {line}" for line in paths.strip("\n").splitlines())
    return f"{head}\nservers: [{{url: https://books.example/v1}}]\npaths:\n{body}\n{more}"


def value(text: str) -> Any:
    return parse_document(text.encode())
