"""Frozen world: contracts, record kinds and records in one file, so that cases can be run again without the platform.

``{"schema": "opsiq/eval-world/v1", "contracts": […], "kinds": […], "records": {kind: [values, …]}}``. Records hold the
safe fields of their kind and nothing else. A case's ``context.records`` may say how some records were when it was
asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from agent.workspace.context import WorkspaceContext
from core.errors import InvalidInput
from evals.cases.rows import Rows
from registry import contract
from registry.catalogue import Catalogue
from registry.contract import Contract
from registry.records import ContextProvider, Kinds, Query, RecordKind

SCHEMA: Final = "opsiq/eval-world/v1"
MOST_RECORDS: Final = 500
_PAGE: Final = 50
_KINDS: Final = TypeAdapter(list[RecordKind])


async def freeze(contracts: Sequence[Contract], kinds: Kinds) -> dict[str, Any]:
    """Freezes the world as it is now, with at most 500 records of a kind. Raises PlatformUnavailable."""
    records: dict[str, list[Mapping[str, Any]]] = {}
    for kind in kinds:
        found: list[Mapping[str, Any]] = []
        while len(found) < MOST_RECORDS:
            page = await kinds.search(Query(kind.name, limit=_PAGE, offset=len(found)))
            found += [record.values for record in page]
            if len(page) < _PAGE:
                break
        records[kind.name] = found
    return {
        "schema": SCHEMA,
        "contracts": [json.loads(each.canonical) for each in contracts],
        "kinds": [asdict(kind) for kind in kinds],
        "records": records,
    }


class FrozenWorld:
    """A world read from its file."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        """Raises KeyError, TypeError or InvalidContract for an invalid file."""
        self._kinds = _KINDS.validate_python(value["kinds"])
        self._records = {kind.name: list(value["records"].get(kind.name, ())) for kind in self._kinds}
        catalogue = Catalogue(map(contract.parse, value["contracts"]))
        kinds = Kinds([self.provider({})])
        self._context = WorkspaceContext("world", catalogue, kinds, kinds)

    @property
    def catalogue(self) -> Catalogue:
        return self._context.catalogue

    def context(self, provider: ContextProvider) -> WorkspaceContext:
        """The context of cases, with records from ``provider``."""
        kinds = Kinds([provider])
        return replace(self._context, kinds=kinds, live=kinds)

    def provider(self, then: Mapping[str, Sequence[Mapping[str, Any]]]) -> ContextProvider:
        """The records, with those of ``then`` as they were then."""
        rows = {}
        for kind in self._kinds:
            by_id = {str(row.get(kind.id_field)): row for row in (*self._records[kind.name], *then.get(kind.name, ()))}
            rows[kind.name] = list(by_id.values())
        return Rows(self._kinds, rows)


@lru_cache(maxsize=8)
def load(path: Path) -> FrozenWorld:
    """Loads a world. Raises InvalidInput, which names the invalid file."""
    try:
        value = json.loads(path.read_text("utf-8"))
        if value.get("schema") != SCHEMA:
            raise InvalidInput(f"{path} is no {SCHEMA}.")
        return FrozenWorld(value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{path} can't be read as a world: {error!r}") from error
