"""Reads registries and cases of the neutral format that other projects' suites are converted into.

A registry is a JSON list of ``{name, description, parameters (JSON Schema), x_side_effect?}``, or an ``actions.json``
of contracts. A case is one JSON line: ``{id, source, group, prompt, registry, registry_file, context?, expected,
tags}``, its paths relative to one data folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core import clock
from core.errors import InvalidInput
from registry import contract
from registry.contract import Annotation, Risk
from registry.contract_file import with_base_url
from registry.offer import Offer, of_contract
from registry.words import name_stems

MAX_FILE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """One request and what is right for it. ``names`` is the closed set to offer; None offers the whole registry
    file."""

    id: str
    source: str
    group: str
    prompt: str
    names: tuple[str, ...] | None
    registry_file: str
    context: Mapping[str, Any]
    expected: Mapping[str, Any]
    tags: tuple[str, ...]

    @property
    def now(self) -> datetime | None:
        said = self.context.get("now")
        return clock.from_iso(said) if isinstance(said, str) else None

    @property
    def tables(self) -> str | None:
        said = self.context.get("tables")
        return said if isinstance(said, str) else None


def cases(path: Path) -> list[Case]:
    """Every case of a JSON-lines file. Raises InvalidInput naming the line that can't be read."""
    made = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            registry = value["registry"]
            made.append(
                Case(
                    id=value["id"],
                    source=value.get("source", ""),
                    group=value.get("group", value["id"]),
                    prompt=value["prompt"],
                    names=tuple(registry) if isinstance(registry, list) else None,
                    registry_file=value.get("registry_file") or registry,
                    context=value.get("context") or {},
                    expected=value["expected"],
                    tags=tuple(value.get("tags", ())),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(f"Line {number} of {path} is no case ({error!r}).") from error
    return made


def registry(path: Path, records: Sequence[str] = ()) -> list[Offer]:
    """The offers of a registry file of either kind. ``records`` are the kinds of live record there are: a foreign
    parameter called ``<kind>_id`` then refers to one. Raises InvalidInput or InvalidContract."""
    try:
        value = json.loads(_text(path))
    except ValueError as error:
        raise InvalidInput(f"{path} is not JSON: {error}") from error
    listed = value.get("actions", value.get("contracts")) if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise InvalidInput(f"{path} holds neither a list of actions nor an object with 'actions'.")
    return [offer(each, tuple(records)) for each in listed]


@lru_cache(maxsize=16)
def registry_by_name(path: Path, records: tuple[str, ...] = ()) -> Mapping[str, Offer]:
    """``registry``, by name, read once."""
    return {each.name: each for each in registry(path, records)}


def offer(value: Any, records: tuple[str, ...] = ()) -> Offer:
    """One action of either kind as an offer."""
    if isinstance(value, dict) and value.get("schema") == contract.SCHEMA:
        # Nothing is sent from here, so where a connector's {base_url} leads does not matter.
        return of_contract(contract.parse(with_base_url(value, "https://platform.invalid")))
    try:
        name, parameters = value["name"], value.get("parameters") or {"type": "object", "properties": {}}
        description = str(value.get("description") or "")
        risk = Risk.READ if value.get("x_side_effect") is False else Risk.WRITE
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"An action needs at least a name; this is {json.dumps(value)[:200]}.") from error
    return Offer(
        name=name,
        version=1,
        title=_title(name),
        description=description,
        parameters=parameters,
        annotations=_annotations(parameters, records),
        risk=risk,
    )


def _title(name: str) -> str:
    return name.split("@")[0].rpartition(".")[2].replace("_", " ")


def _annotations(parameters: Mapping[str, Any], records: tuple[str, ...]) -> dict[str, Annotation]:
    kinds = {tuple(name_stems(kind)): kind for kind in records}
    made = {}
    for name in parameters.get("properties") or {}:
        owner, _, last = str(name).rpartition("_")
        kind = kinds.get(tuple(name_stems(owner))) if last == "id" and owner else None
        if kind is not None:
            made[name] = Annotation(record=kind)
    return made


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(f"{path} is larger than {MAX_FILE_BYTES} bytes.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error
