"""The saas connector's reads: only what is declared comes out, and the platform is asked, not believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.saas.context import MAX_RECORDS, SaasRecords
from connectors.saas.kinds import KINDS, PATHS
from core.errors import InvalidInput, PlatformUnavailable
from registry.records import Query
from tests.unit.connectors.fake_platform import FakePlatform

ROW: dict[str, Any] = {
    "id": 1042, "number": "INV-1042", "customer_id": 421, "customer_name": "Adam Novak", "status": "paid",
    "status_at": "2026-10-03T12:00:00Z", "total": 4900, "refunded": 0, "refundable": 4900, "currency": "EUR",
    "description": "Pro, October", "issued_at": "2026-10-01T12:00:00Z", "due_at": "2026-10-31T12:00:00Z",
    "paid_at": "2026-10-03T12:00:00Z", "notes_internal": "NEVER SHOW", "password_hash": "x", "card_fingerprint": "y",
}  # fmt: skip


def records(answers: dict[str, Any]) -> tuple[SaasRecords, FakePlatform]:
    platform = FakePlatform(answers)
    return SaasRecords(platform), platform


async def test_a_record_holds_its_declared_fields_and_nothing_else() -> None:
    saas, _ = records({"/api/invoices/1042": ROW})
    record = await saas.get("invoice", "1042")
    assert record is not None
    assert set(record.values) == set(ROW) - {"notes_internal", "password_hash", "card_fingerprint"}
    assert "NEVER SHOW" not in repr(record)


async def test_a_label_reads_as_a_person_would_write_it() -> None:
    saas, _ = records({"/api/invoices/1042": ROW})
    record = await saas.get("invoice", "1042")
    assert record is not None
    assert record.label == "INV-1042 · 49.00 EUR · paid 3 Oct 2026"
    assert record.detail == "Adam Novak · Pro, October · issued 1 Oct 2026"


async def test_yen_are_shown_without_hundredths() -> None:
    saas, _ = records({"/api/invoices/1042": ROW | {"total": 7840, "currency": "JPY"}})
    record = await saas.get("invoice", "1042")
    assert record is not None
    assert "7,840 JPY" in record.label


async def test_a_search_hands_everything_on_to_the_platform() -> None:
    saas, platform = records({"/api/invoices": {"items": [ROW]}})
    query = Query("invoice", "1042", "number", {"status": ["paid"], "customer_id": [421]}, "paid_at", True, 5)
    assert [record.id for record in await saas.search(query)] == ["1042"]
    ((path, params),) = platform.asked
    assert path == "/api/invoices"
    assert json.loads(params.pop("where")) == {"status": ["paid"], "customer_id": [421]}
    assert params == {"q": "1042", "by": "number", "order": "-paid_at", "limit": "5"}


async def test_a_row_that_does_not_fit_the_filter_is_dropped_even_if_the_platform_sends_it() -> None:
    saas, _ = records({"/api/invoices": {"items": [ROW | {"id": 7, "status": "open"}, ROW]}})
    found = await saas.search(Query("invoice", where={"status": ["paid"], "customer_id": ["421"]}))
    assert [record.id for record in found] == ["1042"]


async def test_a_boolean_filter_is_held_to_as_well() -> None:
    ticket = {"id": 1, "assigned": True}
    saas, _ = records({"/api/tickets": {"items": [ticket, {"id": 2, "assigned": False}]}})
    assert [record.id for record in await saas.search(Query("ticket", where={"assigned": [False]}))] == ["2"]


async def test_never_more_records_than_asked_for() -> None:
    saas, platform = records({"/api/invoices": {"items": [ROW | {"id": n} for n in range(200)]}})
    assert len(await saas.search(Query("invoice", limit=3))) == 3
    assert len(await saas.search(Query("invoice", limit=10_000))) == MAX_RECORDS
    assert [params["limit"] for _, params in platform.asked] == ["3", str(MAX_RECORDS)]


@pytest.mark.parametrize("secret", ["password_hash", "notes_internal", "card_fingerprint", "body", "__class__"])
async def test_what_is_not_declared_cannot_be_probed(secret: str) -> None:
    saas, platform = records({"/api/customers": {"items": []}})
    for query in (Query("customer", where={secret: ["a"]}), Query("customer", order=secret)):
        with pytest.raises(InvalidInput, match="not a declared field"):
            await saas.search(query)
    assert platform.asked == []


async def test_an_unknown_kind_is_refused_with_the_kinds_there_are() -> None:
    saas, _ = records({})
    with pytest.raises(InvalidInput, match="customer, invoice"):
        await saas.get("secret", "1")


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"items": {}}, {"items": ["x"]}, {"items": [{}]}, {"items": [{"id": None}]},
     {"items": [ROW | {"number": {"a": 1}}]}, {"items": [ROW | {"number": "\ud800"}]}],
)  # fmt: skip
async def test_an_answer_in_another_shape_means_the_platform_is_unavailable(answer: Any) -> None:
    saas, _ = records({"/api/invoices": answer})
    with pytest.raises(PlatformUnavailable, match="/api/invoices"):
        await saas.search(Query("invoice"))


@pytest.mark.parametrize("odd", ["", "../customers/1", "1?x=", "1#", "a/b", "1\n", "-1", "\ud800", "%2e%2e", "1" * 101])
async def test_what_can_not_be_an_id_is_no_record_and_is_not_asked_for(odd: str) -> None:
    saas, platform = records({})
    assert await saas.get("article", odd) is None
    assert platform.asked == []


async def test_another_record_than_the_one_asked_for_is_not_taken() -> None:
    saas, _ = records({"/api/invoices/1": ROW})
    with pytest.raises(PlatformUnavailable, match="another record"):
        await saas.get("invoice", "1")


async def test_a_change_of_a_safe_field_changes_the_digest_and_of_another_does_not() -> None:
    async def digest(**changes: Any) -> str:
        saas, _ = records({"/api/invoices/1042": ROW | changes})
        record = await saas.get("invoice", "1042")
        assert record is not None
        return record.digest

    assert await digest() == await digest(notes_internal="other")
    assert await digest() != await digest(total=4901)


def test_every_kind_hangs_together() -> None:
    by_name = {kind.name: kind for kind in KINDS}
    assert set(by_name) == set(PATHS)
    for kind in KINDS:
        fields = {each.name for each in kind.fields}
        needed = {kind.id_field, *(relation.via for relation in kind.relations), *filter(None, (kind.order, kind.size))}
        needed |= {each.currency_field for each in kind.fields if each.currency_field}
        needed |= {name for state in kind.states.values() for name in state}
        assert needed <= fields, kind.name
        assert all(relation.kind in by_name for relation in kind.relations)
        for state in kind.states.values():
            for name, values in state.items():
                field = kind.field_named(name)
                assert field is not None
                assert set(values) <= ({True, False} if field.type == "boolean" else set(field.values)), (
                    kind.name,
                    state,
                )


def test_no_noun_names_two_kinds() -> None:
    nouns = [noun for kind in KINDS for noun in kind.nouns]
    assert len(nouns) == len(set(nouns))
