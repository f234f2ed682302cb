"""Rewriting: the same proposal or answer with a part of it in another's place."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agent.planning.proposal import Words


def without_places(node: Any) -> Any:
    """The same with the words of an earlier request at no place: they stand at none of this one."""
    if isinstance(node, Words):
        return node.model_copy(update={"start": None})
    if isinstance(node, BaseModel):
        return node.model_copy(update={name: without_places(getattr(node, name)) for name in type(node).model_fields})
    return tuple(without_places(each) for each in node) if isinstance(node, tuple) else node


def exchange(node: Any, old: Any, new: Any) -> Any:
    """The node with ``new`` for ``old`` wherever it stands within."""
    if node == old:
        return new
    if isinstance(node, BaseModel):
        held = {name: getattr(node, name) for name in type(node).model_fields}
        changed = {name: made for name, each in held.items() if (made := exchange(each, old, new)) is not each}
        return node.model_copy(update=changed) if changed else node
    if isinstance(node, tuple):
        parts = tuple(exchange(each, old, new) for each in node)
        return node if all(one is other for one, other in zip(parts, node, strict=True)) else parts
    if isinstance(node, dict):
        pairs = {key: exchange(each, old, new) for key, each in node.items()}
        return node if all(pairs[key] is each for key, each in node.items()) else pairs
    return node
