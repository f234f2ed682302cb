"""A body that has a fault is told what is wrong and what to do, in words that don't show how the server is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.errors import InvalidInput, NotCanonical
from web.api.body import Body, parse_body


class Place(Body):
    shelf: int = 1


class Order(Body):
    text: str
    surface: str = ""
    place: Place | None = None


def parse(body: bytes) -> Order:
    return parse_body(Order, cast("Any", SimpleNamespace(body=body)))


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (b"{}", "/text", "The field 'text' is missing; add it."),
        (b'{"text": "a", "surfaec": ""}', "/surfaec", "There is no field 'surfaec' here; did you mean 'surface'?"),
        (
            b'{"text": "a", "zone": ""}',
            "/zone",
            "There is no field 'zone' here; this endpoint takes text, surface, place.",
        ),
        (b'{"text": "a", "place": {"sh": 1}}', "/place/sh", "There is no field 'sh' here; remove it."),
        (b"[]", "", "A JSON object is expected here."),
        (b'{"text": "a", "place": 5}', "/place", "A JSON object is expected here."),
    ],
)
def test_each_fault_says_what_to_do(body: bytes, pointer: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(body)
    assert [(each.pointer, each.detail) for each in refused.value.findings] == [(pointer, said)]


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_called_empty(body: bytes) -> None:
    with pytest.raises(NotCanonical, match="The body is empty"):
        parse(body)
