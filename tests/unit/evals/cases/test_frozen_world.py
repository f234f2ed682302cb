from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.saas.kinds import KINDS
from core.errors import InvalidInput
from evals.cases import frozen_world
from evals.cases.rows import Rows
from registry.records import Kinds, Query
from tests.unit.agent.validate.fake_platform import SAAS

INVOICE = {"id": 1, "number": "INV-1", "customer_id": 7, "status": "refunded", "total": 100, "currency": "EUR"}


def rows(*invoices: dict[str, object]) -> Rows:
    return Rows(KINDS, {kind.name: list(invoices) if kind.name == "invoice" else [] for kind in KINDS})


async def thawed(path: Path, *invoices: dict[str, object]) -> frozen_world.FrozenWorld:
    value = await frozen_world.freeze(SAAS, Kinds([rows(*invoices)]))
    _write(path, value)
    return frozen_world.load(path)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), "utf-8")


async def test_a_world_comes_back_from_its_file_with_kinds_contracts_and_records(tmp_path: Path) -> None:
    made = await thawed(tmp_path / "world.json", INVOICE)
    context = made.context(made.provider({}))
    assert tuple(context.kinds) == KINDS
    assert {each.digest for each in context.catalogue} == {each.digest for each in SAAS}
    found = await context.kinds.record("invoice", "1")
    assert found is not None
    assert found.values["status"] == "refunded"


async def test_a_record_is_as_the_case_says_it_was(tmp_path: Path) -> None:
    made = await thawed(tmp_path / "world.json", INVOICE, {**INVOICE, "id": 2, "number": "INV-2"})
    then = made.provider({"invoice": [{**INVOICE, "status": "paid"}, {**INVOICE, "id": 3, "number": "INV-3"}]})
    states = {each.id: each.values["status"] for each in await then.search(Query("invoice"))}
    assert states == {"1": "paid", "2": "refunded", "3": "refunded"}


async def test_relations_find_their_records_though_ids_are_numbers_there(tmp_path: Path) -> None:
    made = await thawed(tmp_path / "world.json", INVOICE)
    assert await made.provider({}).search(Query("invoice", where={"customer_id": ("7",)}))
    assert not await made.provider({}).search(Query("invoice", where={"customer_id": ("8",)}))


async def test_many_records_are_read_page_by_page_up_to_a_limit() -> None:
    many = [{**INVOICE, "id": n, "number": f"INV-{n}"} for n in range(1, 700)]
    value = await frozen_world.freeze((), Kinds([rows(*many)]))
    assert [row["id"] for row in value["records"]["invoice"]] == list(range(1, frozen_world.MOST_RECORDS + 1))


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": "opsiq/eval-world/v1"}', "not JSON"])
def test_a_file_that_is_no_world_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidInput, match=r"other\.json"):
        frozen_world.load(path)
