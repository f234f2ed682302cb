"""The pretix connector against what a real pretix answered (exchanges recorded by ``tests/interop``)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import BadAssertion, BadSetting
from registry.connector import Inbound, Settings
from registry.declarative.connector import DeclarativeConnector, read_connector
from registry.declarative.lint import lint_folder
from registry.events.event_catalogue import load_event_types
from registry.records import Query
from tests.interop.exchanges import ReplayClient

FOLDER = Path(__file__).parents[4] / "connectors" / "pretix"
SECRET = "a-secret-of-the-address"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def connector() -> DeclarativeConnector:
    settings = Settings("https://tickets.example", {"webhook_secret": SECRET}, "pretix", {"organizer": "acme"})
    return read_connector(FOLDER)(ReplayClient(Path(__file__).parent / "exchanges.json"), settings)


async def labels(query: Query) -> list[str]:
    (provider,) = connector().context_providers()
    return [each.label for each in await provider.search(query)]


def test_the_connector_lints_clean_and_proposes_its_actions() -> None:
    assert lint_folder(FOLDER) == []
    contracts = connector().register_actions()
    assert len(contracts) >= 12
    assert all("{organizer}" not in each.canonical.decode() for each in contracts)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("order", "Tom", "name"), ["LANTN · Tom Reuter · 90.00 EUR · pending"]),
        (Query("voucher", "FRIENDS", "name"), ["FRIENDS · used 0 of 10 · Jazz Night"]),
        (Query("gift_card", "autumn", "name"), ["GIFT-AUTUMN · 0.00 EUR"]),
        (Query("waiting_list_entry", "Wanda", "name"), ["Wanda Krol · Jazz Night"]),
        (Query("event", "jazz", "name"), ["Jazz Night · 6 Jan 2027"]),
    ],
)
async def test_records_are_found_as_people_name_them(query: Query, found: list[str]) -> None:
    assert await labels(query) == found


async def test_records_of_every_event_are_found_together() -> None:
    assert await labels(Query("quota", "Standing", "name")) == [
        "Standing · 200 · Garden Expo",
        "Standing · 200 · Jazz Night",
    ]


async def test_an_order_that_the_platform_can_not_sort_by_is_sorted_here() -> None:
    found = await labels(Query("order", where={"status": ("pending",)}, order="total", limit=2))
    assert found == ["ALDER · Lena Fuchs · 90.00 EUR · pending", "LANTN · Tom Reuter · 90.00 EUR · pending"]


async def test_the_id_of_a_nested_record_names_its_event() -> None:
    (provider,) = connector().context_providers()
    record = await provider.get("voucher", "jazz/1")
    assert record is not None
    assert (record.id, record.values["event"], record.values["number"]) == ("jazz/1", "jazz", 1)
    assert await provider.get("voucher", "jazz/99") is None


async def test_a_webhook_is_believed_by_its_address_alone() -> None:
    body = json.dumps(
        {
            "notification_id": 7,
            "organizer": "acme",
            "event": "jazz",
            "code": "HARBR",
            "action": "pretix.event.order.paid",
        }
    ).encode()
    with pytest.raises(BadAssertion):
        await connector().handle_webhook(Inbound({}, body, NOW, {"token": "guessed"}))
    (event,) = await connector().handle_webhook(Inbound({}, body, NOW, {"token": SECRET}))
    assert (event.id, event.name) == ("7", "order.paid")
    data = {"order_id": "HARBR", "order_ref": "HARBR", "customer_id": "maya@example.org"}
    assert event.data == {**data, "amount": 4500, "currency": "EUR"}


@pytest.mark.parametrize("name", ["pretix", "directus"])
def test_what_a_webhook_becomes_has_all_that_its_universal_event_needs(name: str) -> None:
    document = read_connector(FOLDER.parent / name).document
    assert document.webhooks is not None
    known = load_event_types()
    for each in document.webhooks.events.values():
        if each.event in known:
            given = {*each.data, *each.fields, f"{each.kind}_id"}
            assert given >= set(known[each.event].schema.get("required", ())), each.event


def test_a_connection_without_its_organizer_says_what_is_missing() -> None:
    with pytest.raises(BadSetting, match="Short name of the organizer"):
        read_connector(FOLDER)(
            ReplayClient(Path(__file__).parent / "exchanges.json"), Settings("https://x.example", {})
        )
