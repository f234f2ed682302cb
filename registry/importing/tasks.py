"""Import tasks: everything that an importer does with documents, as one function of JSON and a document reader. A new
format goes into ``registry.importing.formats``, not here.

So a task can run in its own killable process: see ``executors.importing``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal, TypedDict

from core.errors import InvalidInput
from registry.importing.decisions import read_decisions
from registry.importing.decisions_template import propose_decisions
from registry.importing.differences import find_differences, find_suspensions
from registry.importing.document.references import Documents
from registry.importing.drafts.credentials import find_credential
from registry.importing.importer import Import, import_document

CONNECTOR_SCHEMA: Final = "opsiq/connector/v1"
Read = Callable[[int, str], bytes]
"""Returns the bytes of a document of the first (0) or second (1) tree."""


class Task(TypedDict, total=False):
    """A task: ``draft`` a document, the ``differences`` of two, or the ``suspensions`` of contracts by one. ``roots``
    name the trees' root documents."""

    do: Literal["draft", "differences", "suspensions"]
    roots: list[str]
    decisions: dict[str, Any] | None
    contracts: list[dict[str, Any]]


def perform(task: Task, read: Read) -> dict[str, Any]:
    """The task's answer, as JSON. Raises InvalidInput for unusable documents and decisions."""
    trees = [Documents(root, partial(read, index)) for index, root in enumerate(task["roots"])]
    match task["do"]:
        case "draft":
            given = task.get("decisions")
            return _drafted(import_document(trees[0], read_decisions(given) if given is not None else None))
        case "differences":
            found = find_differences(trees[0], trees[1])
            return {"document": trees[1].digest, "differences": [each.as_json() for each in found]}
        case "suspensions":
            held = find_suspensions(task.get("contracts") or [], trees[0])
            return {"document": trees[0].digest, "suspensions": [each.as_json() for each in held]}
    raise InvalidInput(f"There is no task {task['do']!r}.")


def _drafted(made: Import) -> dict[str, Any]:
    return {
        "report": made.report(),
        "contracts": [each.contract for each in made.drafts],
        "connector": write_connector(made),
        "decisions": propose_decisions(made),
    }


def write_connector(made: Import) -> dict[str, Any]:
    """The draft of a ``connector.json``: the sign-in and the kinds that were found."""
    decided = made.decisions.connection
    name, address = next(iter(made.connections.items()))
    connection: dict[str, Any] = {
        "base_url": {"label": "Base address", **({"example": address} if address else {})},
        "credential": decided.credential or find_credential(made.description),
    }
    if decided.settings:
        connection["settings"] = {each: {"label": each.replace("_", " ").capitalize()} for each in decided.settings}
    return {
        "schema": CONNECTOR_SCHEMA,
        "name": name,
        "title": made.description.title or name,
        "version": "0.1.0",
        "connection": connection,
        "kinds": {each.name: each.entry for each in made.kinds},
    }
