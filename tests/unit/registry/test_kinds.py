"""Kinds belong to their connection: two connections never mix, and a short name is good where it is unique."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from core import cpu_budget
from registry.catalogue import Catalogue, bind
from registry.contract import Contract, parse
from registry.records import Field, Kinds, Place, Query, Record, RecordKind, Relation, admit

CUSTOMER = RecordKind(
    "customer", "Customer", ("customer", "customers"), (Field("id", "id", search="number"), Field("name"))
)
ORDER = RecordKind(
    "order", "Order", ("order", "orders"), (Field("id", "id"), Field("customer_id", "id")),
    relations=(Relation("customer", "customer_id"),),
)  # fmt: skip
LEAD = RecordKind("lead", "Lead", ("lead", "leads", "customer"), (Field("id", "id"),))


class Memory:
    def __init__(self, tag: str, *kinds: RecordKind) -> None:
        self.tag, self._kinds = tag, kinds

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._kinds

    async def search(self, query: Query) -> Sequence[Record]:
        kind = next(each for each in self._kinds if each.name == query.kind)
        return [admit(kind, {"id": "1", "name": self.tag, "customer_id": "1"})]

    async def get(self, kind: str, record_id: str) -> Record | None:
        return (await self.search(Query(kind)))[0] if record_id == "1" else None


def two() -> Kinds:
    return Kinds(
        [Memory("shop", CUSTOMER, ORDER), Memory("crm", CUSTOMER, LEAD)], [Place("shop", "Shop"), Place("crm", "CRM")]
    )


def named(name: str, record: str = "customer") -> Contract:
    return parse(
        {
            "name": name,
            "title": "Greet",
            "description": "Greets somebody.",
            "parameters": {"type": "object", "properties": {"who": {"type": "string"}}},
            "annotations": {"who": {"record": record}},
            "endpoint": {"url": "https://x.example/a"},
        }
    )


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"id": 7, "name": "Ada", "note": "late"}, ("7 · Ada", "late · order 7")),
        ({"id": 7, "name": "Ada", "note": " "}, ("7 · Ada", "order 7")),
        ({"id": 7}, ("7", "order 7")),
    ],
)
def test_a_field_without_a_value_leaves_no_gap_between_the_others(
    row: dict[str, object], shown: tuple[str, str]
) -> None:
    fields = (Field("id", "id"), Field("name"), Field("note"))
    kind = RecordKind("order", "Order", ("order",), fields, label="{id} · {name}", detail="{note} · order {id}")
    record = admit(kind, row)
    assert (record.label, record.detail) == shown


def test_a_kind_that_one_connection_has_goes_by_its_short_name_and_its_full_one() -> None:
    kinds = two()
    for name in ("order", "shop.order"):
        found = kinds.get(name)
        assert found is not None
        assert found.name == "order"
    assert kinds.get("crm.order") is None


def test_kinds_that_two_connections_have_go_by_their_full_names() -> None:
    kinds = two()
    assert kinds.get("customer") is None
    assert [each.name for each in kinds] == ["shop.customer", "order", "crm.customer", "lead"]
    assert kinds.choices("customer") == ("crm.customer", "shop.customer")
    shop, order = kinds.get("shop.customer"), kinds.get("order")
    assert shop is not None
    assert order is not None
    assert (shop.title, shop.nouns[-1]) == ("Customer (Shop)", "shop customers")
    assert order.relations == (Relation("shop.customer", "customer_id"),)


async def test_a_record_is_read_from_the_connection_of_its_kind() -> None:
    kinds = two()
    for name, tag in (("shop.customer", "shop"), ("crm.customer", "crm")):
        (found,) = await kinds.search(Query(name))
        assert (found.kind, found.values["name"]) == (name, tag)
        again = await kinds.record(name, "1")
        assert again == found
    assert await kinds.record("customer", "1") is None


async def test_two_connections_of_one_connector_never_mix() -> None:
    kinds = Kinds([Memory("a", CUSTOMER, ORDER), Memory("b", CUSTOMER, ORDER)], [Place("berlin"), Place("wien")])
    assert sorted(each.name for each in kinds) == ["berlin.customer", "berlin.order", "wien.customer", "wien.order"]
    for place, tag in (("berlin", "a"), ("wien", "b")):
        order = kinds.get(f"{place}.order")
        assert order is not None
        assert order.relations[0].kind == f"{place}.customer"
        found = await kinds.record(f"{place}.customer", "1")
        assert found is not None
        assert found.values["name"] == tag


def test_nouns_of_two_connections_are_told() -> None:
    clashes = two().clashes()
    assert clashes["customer"] == ("shop.customer", "crm.customer", "lead")
    assert "orders" not in clashes
    assert "leads" not in clashes


def test_a_contract_means_its_own_connections_kind_and_keeps_its_signed_bytes() -> None:
    signed = named("crm.greet")
    bound = bind(signed, two())
    assert not isinstance(bound, str)
    assert bound.annotations["who"].record == "crm.customer"
    assert (bound.canonical, bound.digest) == (signed.canonical, signed.digest)
    assert b"crm.customer" not in bound.canonical
    assert bind(signed, Kinds([Memory("x", CUSTOMER)], [Place("crm")])) is signed


def test_a_contract_that_may_mean_either_is_a_fault_that_names_the_choices() -> None:
    catalogue = Catalogue([named("ops.greet"), named("shop.greet")]).bound(two())
    assert [each.name for each in catalogue] == ["shop.greet"]
    assert "crm.customer, shop.customer" in catalogue.faults["ops.greet"]


@pytest.mark.parametrize("record", ["gone", "order"])
def test_what_is_unknown_or_unique_stays_as_it_is_written(record: str) -> None:
    signed = named("ops.greet", record)
    assert bind(signed, two()) is signed


class Slow(Memory):
    """Takes processor time, and has something to close afterwards."""

    closed = 0

    async def search(self, query: Query) -> Sequence[Record]:
        try:
            until = time.thread_time() + 0.1
            while time.thread_time() < until:
                sum(range(2_000))
                await asyncio.sleep(0)
            return await super().search(query)
        finally:
            await asyncio.sleep(0)
            self.closed += 1


async def test_a_look_up_is_never_cut_off_by_the_budget_of_a_reading() -> None:
    slow = Slow("shop", CUSTOMER)
    kinds = Kinds([slow])

    async def read() -> tuple[Sequence[Record], Record | None]:
        return await kinds.search(Query("customer")), await kinds.record("customer", "1")

    found, one = await cpu_budget.run_within(0.05, read())
    assert [each.values["name"] for each in (*found, one) if each is not None] == ["shop", "shop"]
    assert slow.closed == 2
