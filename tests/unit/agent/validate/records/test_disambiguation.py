"""Records told apart by what they hold, and what something is exchanged for: from typed words to the ids that are
sent."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Calls, Question, Request
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.plan_builder import validate
from registry.catalogue import Catalogue
from registry.contract import Contract
from registry.offers.offer import make_offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, Kinds, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import NOW, OWNER, RUN, Platform, contract, params

ORDER = RecordKind("order", "Order", ("order", "orders"), (Field("id", "id", search="number", pattern=r"W\d+"),))
PRODUCT = RecordKind("product", "Product", ("product",), (Field("id", "id"), Field("name", search="name")))
ITEM = RecordKind(
    "item",
    "Item",
    ("item", "items"),
    (
        Field("id", "id"),
        Field("sku", "id"),
        Field("order_id", "id"),
        Field("product_id", "id"),
        Field("name", search="name"),
        Field("options", search="text"),
    ),
    label="{name} ({options})",
    relations=(Relation("order", "order_id"), Relation("product", "product_id")),
)
VARIANT = RecordKind(
    "variant",
    "Variant",
    ("variant", "version"),
    (Field("sku", "id"), Field("product_id", "id"), Field("name", search="name"), Field("options", search="text")),
    id_field="sku",
    label="{name} ({options})",
    relations=(Relation("product", "product_id"),),
)
KINDS = (ORDER, PRODUCT, ITEM, VARIANT)


def _variant(sku: str, product: str, name: str, options: str) -> dict[str, Any]:
    return {"sku": sku, "product_id": product, "name": name, "options": options}


VARIANTS = [
    _variant("s1", "p1", "Skateboard", "deck: bamboo, length: 31 inch"),
    _variant("s2", "p1", "Skateboard", "deck: plastic, length: 31 inch"),
    _variant("s3", "p1", "Skateboard", "deck: plastic, length: 34 inch"),
    _variant("t1", "p2", "T-Shirt", "color: blue, size: M"),
    _variant("t2", "p2", "T-Shirt", "color: red, size: M"),
    _variant("t3", "p2", "T-Shirt", "color: red, size: L"),
]
ITEMS = [
    {"id": f"W1/{at}", "order_id": "W1", **next(each for each in VARIANTS if each["sku"] == sku)}
    for at, sku in enumerate(("s1", "t1", "t3"))
]
ROWS = {
    "order": [{"id": "W1"}, {"id": "W2"}],
    "product": [{"id": "p1", "name": "Skateboard"}, {"id": "p2", "name": "T-Shirt"}],
    "item": ITEMS,
    "variant": VARIANTS,
}
LIST = {"type": "array", "items": {"type": "string"}}


def _contract(name: str, title: str, required: list[str], **annotations: Any) -> Contract:
    properties = {"order_id": {"type": "string"}, **dict.fromkeys(required, LIST)}
    return contract(
        name,
        title=title,
        description=f"{title}.",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": properties,
            "required": ["order_id", *required],
        },
        annotations={"order_id": {"record": "order"}, **annotations},
    )


MINE = {"record": "item", "field": "sku", "of": "order_id"}
CONTRACTS = (
    _contract("shop.return_items", "Return items of an order", ["items"], items=MINE),
    _contract(
        "shop.exchange_items",
        "Exchange items of an order",
        ["items", "new_items"],
        items=MINE,
        new_items={"record": "variant", "like": "items"},
    ),
)


async def outcome(text: str) -> dict[str, Any] | Question:
    """The parameters of the one call that ``text`` comes to, or what is asked."""
    request = Request(text=text, now=NOW)
    offers = Shortlist([make_offer(each) for each in CONTRACTS])
    resolved = (await RuleResolver().resolve(request, offers, KINDS)).resolution
    assert isinstance(resolved, Calls), resolved
    made = await validate(
        request,
        resolved.drafts,
        run_id=RUN,
        actor=OWNER,
        catalogue=Catalogue(CONTRACTS),
        kinds=Kinds([Platform(ROWS, KINDS)]),
        confirmed_in_session=lambda _: False,
    )
    if isinstance(made, Question):
        return made
    return params(made)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("return the skateboard of order W1", ["s1"]),
        ("return order W1: Skateboard; T-Shirt {'size': 'L'}", ["s1", "t3"]),
        ("return the skateboard and the blue t-shirt of order W1", ["s1", "t1"]),
        ("return the red t-shirt of order W1", ["t3"]),
    ],
)
async def test_things_are_found_by_their_name_and_by_what_they_are(text: str, items: list[str]) -> None:
    assert await outcome(text) == {"order_id": "W1", "items": items}


async def test_two_that_are_called_so_are_asked_about() -> None:
    made = await outcome("return order W1: T-Shirt")
    assert isinstance(made, Question)
    assert [each.id for each in made.candidates] == ["W1/1", "W1/2"]


async def test_what_the_order_does_not_hold_is_not_found() -> None:
    assert isinstance(await outcome("return the skateboard of order W2"), Question)


@pytest.mark.parametrize(
    ("text", "items", "new"),
    [
        ("exchange the skateboard of order W1 for a plastic one", ["s1"], ["s2"]),
        ("For order W1 exchange Skateboard {'deck': 'bamboo'} to {'length': '34 inch', 'deck': 'plastic'}", ["s1"], ["s3"]),  # noqa: E501
        ("For order W1 exchange the T-Shirt {'color': 'blue'} to {'color': 'red'}; Skateboard to {}", ["t1", "s1"], ["t2", "s1"]),  # noqa: E501
    ],
)  # fmt: skip
async def test_what_it_is_exchanged_for_differs_in_nothing_but_what_was_said(
    text: str, items: list[str], new: list[str]
) -> None:
    assert await outcome(text) == {"order_id": "W1", "items": items, "new_items": new}


@pytest.mark.parametrize(
    "text",
    [
        "exchange the skateboard of order W1 for a wooden one",
        "exchange the skateboard of order W1",
        "For order W1 exchange Skateboard {'deck': 'bamboo'} to {'length': '34 inch', 'deck': 'bamboo'}",
    ],
)
async def test_a_variant_that_does_not_exist_or_was_not_said_is_asked_for(text: str) -> None:
    made = await outcome(text)
    assert isinstance(made, Question)
    assert made.param == "new_items"


async def test_the_card_says_what_the_new_one_was_found_by() -> None:
    request = Request(text="exchange the skateboard of order W1 for a plastic one", now=NOW)
    offers = Shortlist([make_offer(each) for each in CONTRACTS])
    resolved = (await RuleResolver().resolve(request, offers, KINDS)).resolution
    assert isinstance(resolved, Calls)
    made = await validate(
        request,
        resolved.drafts,
        run_id=RUN,
        actor=OWNER,
        catalogue=Catalogue(CONTRACTS),
        kinds=Kinds([Platform(ROWS, KINDS)]),
        confirmed_in_session=lambda _: False,
    )
    source = made.steps[0].filled[2].source  # type: ignore[union-attr]
    assert source.spans[0].text == "a plastic one"  # type: ignore[union-attr]
    assert source.via[0] == "item Skateboard (deck: bamboo, length: 31 inch)"  # type: ignore[union-attr]
