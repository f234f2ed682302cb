"""Connection contracts: a connector's proposed contracts bound to one connection, and their differences from those in
force."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from registry.contract import Contract, parse
from registry.json_schema.pointer import join_pointer

MAX_DIFFERENCES: Final = 200
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One differing value, by its JSON Pointer. None also means that there is no value."""

    pointer: str
    before: Any
    after: Any


def bind_contract(contract: Contract, connector: str, connection: str) -> Contract:
    """The contract bound to ``connection``: its name begins with the connection's, and its endpoint uses it. Returns
    the same object if nothing changes."""
    value = json.loads(contract.canonical)
    endpoint = value["endpoint"]
    changed = endpoint.get("type") in ("http", "mcp") and endpoint.get("connection") != connection
    if changed:
        endpoint["connection"] = connection
    if connection != connector:
        changed = True
        value["title"] = f"{value['title'][: 197 - len(connection)]} ({connection})"
        for part in ("name", "undo"):
            if str(value.get(part, "")).startswith(f"{connector}."):
                value[part] = connection + value[part].removeprefix(connector)
    return parse(value) if changed else contract


def make_successor(contract: Contract, current: Contract | None, newest: int = 0) -> Contract:
    """The contract with the version after the ``newest`` one. The one in force, if it says the same."""
    value = json.loads(contract.canonical)
    if current is not None and {**value, "version": current.version} == json.loads(current.canonical):
        return current
    return contract if contract.version > newest else parse({**value, "version": newest + 1})


def list_differences(before: Contract, after: Contract) -> list[Difference]:
    """The differences of ``after``, by pointer, without its version."""
    found = _list_differences(json.loads(before.canonical), json.loads(after.canonical), ())
    return [each for each, _ in zip(found, range(MAX_DIFFERENCES), strict=False) if each.pointer != "/version"]


def _list_differences(before: Any, after: Any, path: tuple[str | int, ...]) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from _list_differences(before.get(name, _ABSENT), after.get(name, _ABSENT), (*path, name))
    elif before != after:
        yield Difference(join_pointer(*path), *(None if each is _ABSENT else each for each in (before, after)))
