"""Contract files of the command line: read from files and folders, and put together as a server takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from core import canon
from core.errors import InvalidInput, NotCanonical

MAX_BATCH: Final = 500
MAX_BATCH_BYTES: Final = 900_000
"""Most bytes of one request, below the server's own limit."""


def read_files(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The contracts of files, and of the .json files of folders (of ``contracts`` in them, where there is one; of a
    connector's folder, its actions). Raises InvalidInput."""
    from registry.contract_file import read_contracts

    found: list[dict[str, Any]] = []
    for path in _files(paths):
        try:
            value = canon.loads(path.read_bytes())
        except OSError as error:
            raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
        except NotCanonical as error:
            raise InvalidInput(f"{path} is not JSON: {error.detail}") from error
        _, members = read_contracts(value)
        made = members if members is not None else [value]
        if not all(isinstance(each, dict) for each in made):
            raise InvalidInput(f"{path} holds something else than contracts.")
        found += made
    if not found:
        raise InvalidInput("There is no contract there.")
    return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inner, connector = path / "contracts", path / "connector.json"
        if connector.is_file() and not inner.is_dir():
            yield _find_actions(connector)
        else:
            yield from sorted((inner if inner.is_dir() else path).glob("*.json"))


def _find_actions(connector: Path) -> Path:
    """The file that a connector's document names for its contracts."""
    try:
        named = json.loads(connector.read_bytes()).get("actions")
    except (OSError, ValueError, AttributeError) as error:
        raise InvalidInput(f"{connector} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    if not isinstance(named, str):
        raise InvalidInput(f"{connector} names no file of actions. Register a connector's actions in the console.")
    return connector.parent / named


def split_batches(contracts: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The contracts in their order, as many at once as one request carries."""
    batch: list[dict[str, Any]] = []
    size = 0
    for each in contracts:
        own = len(json.dumps(each)) + 2
        if batch and (len(batch) >= MAX_BATCH or size + own > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += own
    if batch:
        yield batch
