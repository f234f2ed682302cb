from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from registry.importing.differences import Surveyed, find_differences, find_suspensions
from tests.unit.registry.importing.samples import api, documents, imported

OLD = api(
    """
/orders:
  post:
    summary: Make an order
    parameters: [{name: dry, in: query, schema: {type: boolean}}]
    requestBody:
      required: true
      content:
        application/json:
          schema: {$ref: "#/components/schemas/Order"}
""",
    more="""
components:
  schemas:
    Order:
      type: object
      required: [sku]
      properties:
        sku: {type: string, maxLength: 40}
        size: {type: string, enum: [s, m]}
        note: {type: string, description: A note.}
        to: {type: object, properties: {city: {type: string}}}
        again: {$ref: "#/components/schemas/Order"}
""",
)


def changed(old: str, new: str) -> tuple[str, tuple[str, ...]]:
    (found,) = find_differences(documents({"a.yaml": OLD}), documents({"a.yaml": OLD.replace(old, new)}))
    assert found.operation == "POST /orders"
    return found.change, found.details


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("required: [sku]", "required: [sku, size]", "/size is required now"),
        ("note: {type: string", "remark: {type: string", "/note is gone"),
        ("maxLength: 40", "maxLength: 20", "maxLength is 20 instead of 40"),
        ("enum: [s, m]", "enum: [s]", "no longer takes 'm'"),
        ("size: {type: string, enum: [s, m]}", "size: {type: integer}", "takes integer instead of string"),
        ("in: query", "in: header", "dry is gone"),
    ],
)
def test_what_takes_less_or_asks_for_more_is_incompatible(old: str, new: str, said: str) -> None:
    change, details = changed(old, new)
    assert change == "incompatible"
    assert any(said in each for each in details), details


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sku: {type", "gift: {type: boolean}\n        sku: {type", "optional the field /gift is new"),
        ("enum: [s, m]", "enum: [s, m, l]", "also takes 'l'"),
        ("maxLength: 40", "maxLength: 80", "maxLength is 80"),
        ("required: [sku]", "required: []", "/sku is optional now"),
    ],
)
def test_what_takes_more_is_compatible(old: str, new: str, said: str) -> None:
    change, details = changed(old, new)
    assert change == "compatible"
    assert any(said in each for each in details), details


def test_wording_is_no_change_and_operations_come_and_go() -> None:
    old = documents({"a.yaml": OLD})
    reworded = (
        OLD.replace("Make an order", "Order").replace("A note.", "Anything.").replace("title: Bookshop", "title: B")
    )
    assert find_differences(old, documents({"b.yaml": reworded})) == []
    renamed = OLD.replace("/orders:", "/purchases:")
    found = find_differences(old, documents({"b.yaml": renamed}))
    assert [(each.operation, each.change) for each in found] == [
        ("POST /purchases", "added"),
        ("POST /orders", "removed"),
    ]


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """Operation → its digest, in the order of the document."""
    surveyed = Surveyed(documents(files))
    return {key: surveyed.digest(each) for key, each in surveyed.operations.items()}


def test_a_digest_depends_on_the_operation_and_not_on_the_order_of_reading() -> None:
    two = OLD.replace("/orders:\n    post", "/other:\n    get: {}\n  /orders:\n    post")
    one, other = digests({"a.yaml": OLD}), digests({"b.yaml": two})
    assert list(other) == ["GET /other", "POST /orders"]
    assert one["POST /orders"] == other["POST /orders"]
    split = {
        "a.yaml": OLD.replace('"#/components/schemas/Order"', "x.yaml#/Order", 1),
        "x.yaml": 'Order: {type: object, required: [sku], properties: {sku: {type: string}, again: {$ref: "#/Order"}}}',
    }
    assert digests(split)["POST /orders"] != one["POST /orders"]


def contracts(text: str) -> list[dict[str, Any]]:
    return [each.contract for each in imported(text).drafts]


def test_a_contract_whose_upstream_changed_is_suspended_with_what_differs() -> None:
    signed = contracts(OLD)
    assert find_suspensions(signed, documents({"a.yaml": OLD})) == []
    (found,) = find_suspensions(
        signed, documents({"a.yaml": OLD.replace("note: {type: string", "remark: {type: string")})
    )
    assert (found.contract, found.version, found.difference.change) == ("orders.create", 1, "incompatible")
    assert any("/note, which the contract sends, is gone" in each for each in found.difference.details)
    (asks,) = find_suspensions(signed, documents({"a.yaml": OLD.replace("required: [sku]", "required: [sku, size]")}))
    assert any("size" in each for each in asks.difference.details)
    (gone,) = find_suspensions(signed, documents({"a.yaml": OLD.replace("/orders:", "/purchases:")}))
    assert gone.difference.change == "removed"


def test_contracts_of_other_origins_are_left_alone() -> None:
    own = {"name": "shop.restock", "version": 1, "endpoint": {"url": "https://shop.example"}}
    assert find_suspensions([own], documents({"a.yaml": OLD})) == []
