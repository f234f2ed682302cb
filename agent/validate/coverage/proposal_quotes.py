"""Quotes of a proposal: every stretch of typed words in it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from agent.pipeline import Request
from agent.planning.proposal import Words
from agent.resolve.model.span_matching import locate


def walk(node: Any) -> Iterator[Any]:
    """Every part of a proposal."""
    if isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from walk(getattr(node, name))
    elif isinstance(node, dict):
        for each in node.values():
            yield from walk(each)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for each in node:
            yield from walk(each)


def find_quotes(node: Any, request: Request) -> Iterator[Words]:
    """Every stretch of typed words in a proposal, wherever it stands."""
    if isinstance(node, Words):
        yield node if node.start is not None else locate(node.text, request)
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from find_quotes(getattr(node, name), request)
    elif isinstance(node, dict):
        for each in node.values():
            yield from find_quotes(each, request)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for each in node:
            yield from find_quotes(each, request)


def find_places(node: Any, request: Request) -> list[tuple[int, int]]:
    """Where the quotes of a part of a proposal stand in the request itself."""
    return [
        (words.start, words.start + len(words.text))
        for words in find_quotes(node, request)
        if words.origin == 0 and words.start is not None
    ]
