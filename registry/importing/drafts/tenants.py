"""Tenants in paths: placeholders that are the same in every call of a connection (``/organisations/{org}/…``), and that
no list supplies. The connection is asked for them once, instead of every call."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from registry.importing.document.description import ApiDescription, Operation
from registry.importing.drafts import words
from registry.importing.kinds.candidates import shape
from registry.importing.kinds.drafting import KindDraft

LEAST: Final = 3
"""Fewest operations below a placeholder for it to be asked about."""
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_MARK: Final = re.compile(r"~([a-z][a-z0-9_]*)~")


def find_tenants(
    description: ApiDescription, kinds: Iterable[KindDraft], left_out: Collection[str] = ()
) -> dict[str, int]:
    """Setting → number of operations below it, for first placeholders that no kind and no list fills. There is none
    if all of them are ``left_out`` (keys)."""
    lists = {shape(each.path) for each in description.operations if each.method == "GET"}
    filled = {shape(each.path) for each in kinds}
    below: dict[tuple[str, str], int] = defaultdict(int)
    needed: set[str] = set()
    for each in description.operations:
        first = _PLACEHOLDER.search(each.path)
        if first is not None and each.path[first.end() :].strip("/"):
            below[first[1], shape(each.path[: first.end()])] += 1
            if each.key not in left_out:
                needed.add(words.to_snake_case(first[1]))
    made: dict[str, int] = {}
    for (name, at), count in below.items():
        setting = words.to_snake_case(name)
        if count >= LEAST and at not in filled and at.removesuffix("/{}") not in lists and setting[:1].isalpha():
            made[setting] = made.get(setting, 0) + count
    return {setting: count for setting, count in made.items() if setting in needed}


def with_settings(description: ApiDescription, settings: Iterable[str]) -> ApiDescription:
    """The description with a connection's settings as ordinary parts of the path."""
    wanted = {*settings}
    return replace(description, operations=tuple(_placed(each, wanted) for each in description.operations))


def _placed(operation: Operation, settings: set[str]) -> Operation:
    names = {each: words.to_snake_case(each) for each in _PLACEHOLDER.findall(operation.path)}
    taken = {each: setting for each, setting in names.items() if setting in settings}
    if not taken:
        return operation
    path = _PLACEHOLDER.sub(lambda found: f"~{taken[found[1]]}~" if found[1] in taken else found[0], operation.path)
    left = tuple(each for each in operation.parameters if each.place != "path" or each.name not in taken)
    return replace(operation, path=path, parameters=left)


def fill_settings(value: Any, settings: Iterable[str]) -> Any:
    """A draft that contains each setting as ``{name}``, which a connection fills in."""
    wanted = {*settings}
    if isinstance(value, str):
        return _MARK.sub(lambda found: "{" + found[1] + "}" if found[1] in wanted else found[0], value)
    if isinstance(value, Mapping):
        return {key: fill_settings(each, wanted) for key, each in value.items()}
    return [fill_settings(each, wanted) for each in value] if isinstance(value, list) else value
