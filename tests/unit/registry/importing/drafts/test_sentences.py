"""Sentences of drafts: written where a title is a plain order about one thing, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from registry.importing.drafts.sentences import Sentences, write_sentences

WHOLE: dict[str, Any] = {"type": "integer"}
TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("title", "required", "properties", "example", "preview"),
    [
        ("Close an order", {"order_id": WHOLE}, {}, "close order 1042", "Close order {{ params.order_id }}"),
        ("Archive a gift card", {"id": WHOLE}, {}, "archive gift card 1042", "Archive gift card {{ params.id }}"),
        (
            "Retrieve a single parcel",
            {"parcel": {**TEXT, "examples": ["P-77"]}},
            {},
            "retrieve parcel P-77",
            "Retrieve parcel {{ params.parcel }}",
        ),
        ("List all depots", {}, {"page": WHOLE}, "list all depots", ""),
        (
            "Delete an Existing Depot",
            {"depot_id": WHOLE},
            {},
            "delete depot 1042",
            "Delete depot {{ params.depot_id }}",
        ),
        ("Close an order", {"order_id": TEXT}, {}, "", "Close order {{ params.order_id }}"),
        (
            "Close an order",
            {"order_id": {**TEXT, "examples": ["a value of several words"]}},
            {},
            "",
            "Close order {{ params.order_id }}",
        ),
    ],
)
def test_a_plain_order_about_one_thing_has_an_example_and_a_line_for_its_card(
    title: str, required: dict[str, Any], properties: dict[str, Any], example: str, preview: str
) -> None:
    assert write_sentences(title, list(required), {**required, **properties}, reads=True) == Sentences(example, preview)


@pytest.mark.parametrize(
    ("title", "required"),
    [
        ("Close an order", {"customer_id": WHOLE}),
        ("Create a depot", {"name": TEXT}),
        ("List all depots", {}),
        ("Move an order", {"order_id": WHOLE, "depot_id": WHOLE}),
        ("Order by id (deprecated)", {"id": WHOLE}),
        ("The orders", {}),
        ("Close {{ 7 * 7 }} an order", {"order_id": WHOLE}),
        ("List " + "very " * 20 + "many things", {}),
        ("", {}),
    ],
)
def test_what_would_not_read_naturally_has_none(title: str, required: dict[str, Any]) -> None:
    assert write_sentences(title, list(required), required, reads=False) == Sentences()
