"""Shop overlay: a connector over tables of orders, as a shop's integrator would write it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from evals.cases.rows import Rows
from registry.records import Field, RecordKind, Relation

REGISTRY: Final = "tau/registry_tau_retail.json"

USER: Final = RecordKind(
    name="user",
    title="Customer",
    nouns=("customer", "customers", "user", "users"),
    fields=(
        Field("user_id", "id", "User id", search="number"),
        Field("name", "string", "Name", search="name"),
        Field("email", "email", "E-mail", search="email"),
    ),
    id_field="user_id",
    label="{name}",
    detail="{email}",
)
ORDER: Final = RecordKind(
    name="order",
    title="Order",
    nouns=("order", "orders", "purchase", "purchases"),
    fields=(
        Field("order_id", "id", "Order", search="number", pattern=r"#?W\d{7}"),
        Field("user_id", "id", "User id"),
        Field("status", "enum", "Status", values=("pending", "processed", "delivered", "cancelled")),
    ),
    id_field="order_id",
    label="{order_id} · {status}",
    relations=(Relation("user", "user_id"),),
    states={each: {"status": (each,)} for each in ("pending", "processed", "delivered", "cancelled")},
)
ITEM: Final = RecordKind(
    name="item",
    title="Ordered item",
    nouns=("item", "items"),
    fields=(
        Field("key", "id", "Key"),
        Field("item_id", "id", "Item id", search="number", pattern=r"\d{10}"),
        Field("order_id", "id", "Order"),
        Field("product_id", "id", "Product"),
        Field("name", "string", "Name", search="name"),
        Field("options", "string", "Options", search="text"),
    ),
    id_field="key",
    label="{name}",
    detail="{options} · item {item_id}",
    relations=(Relation("order", "order_id"), Relation("product", "product_id")),
)
VARIANT: Final = RecordKind(
    name="variant",
    title="Variant",
    nouns=("variant", "variants", "version", "versions"),
    fields=(
        Field("item_id", "id", "Item id", search="number", pattern=r"\d{10}"),
        Field("product_id", "id", "Product"),
        Field("name", "string", "Name", search="name"),
        Field("options", "string", "Options", search="text"),
        Field("available", "boolean", "In stock"),
    ),
    id_field="item_id",
    label="{name}",
    detail="{options} · item {item_id}",
    relations=(Relation("product", "product_id"),),
)
PRODUCT: Final = RecordKind(
    name="product",
    title="Product",
    nouns=("product", "products"),
    fields=(
        Field("product_id", "id", "Product id", search="number"),
        Field("name", "string", "Name", search="name"),
    ),
    id_field="product_id",
    label="{name}",
)
PAYMENT: Final = RecordKind(
    name="payment_method",
    title="Payment method",
    nouns=("payment method", "payment methods", "payment", "card", "gift card", "paypal"),
    fields=(
        Field(
            "payment_method_id",
            "id",
            "Payment method",
            search="number",
            pattern=r"(?:credit_card|gift_card|paypal)_\d+",
        ),
        Field("user_id", "id", "User id"),
        Field("source", "enum", "Kind", values=("credit_card", "gift_card", "paypal")),
        Field("last_four", "string", "Last four digits"),
    ),
    id_field="payment_method_id",
    label="{payment_method_id}",
    detail="{source} {last_four}",
    relations=(Relation("user", "user_id"),),
)


def load_records(folder: Path, _: str | None) -> Rows:
    """Loads the shop's six kinds. The current time is not used: an order has no date here."""
    users, orders, products = (_read(folder / f"{name}.json") for name in ("users", "orders", "products"))
    rows = {
        "user": [
            {"user_id": key, "name": " ".join(each["name"].values()), "email": each["email"]}
            for key, each in users.items()
        ],
        "order": list(orders.values()),
        "item": [row for order in orders.values() for row in _list_items(order)],
        "variant": [
            {**each, "product_id": product["product_id"], "name": product["name"], "options": _describe_options(each)}
            for product in products.values()
            for each in product["variants"].values()
        ],
        "product": list(products.values()),
        "payment_method": [
            {**each, "payment_method_id": key, "user_id": user}
            for user, row in users.items()
            for key, each in row["payment_methods"].items()
        ],
    }
    return Rows((USER, ORDER, ITEM, VARIANT, PRODUCT, PAYMENT), rows)


def _list_items(order: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for at, each in enumerate(order["items"]):
        key = f"{order['order_id']}/{at}"
        yield {**each, "key": key, "order_id": order["order_id"], "options": _describe_options(each)}


def _describe_options(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row["options"].items())


def _read(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return made
