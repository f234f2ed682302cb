"""The Directus connector against what a real Directus answered and sent (recorded by ``tests/interop``)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import BadAssertion
from registry.connector import Inbound, Settings
from registry.declarative.connector import DeclarativeConnector, read_connector
from registry.declarative.lint import lint_folder
from registry.endpoints.types import HttpEndpoint
from registry.records import Query
from tests.interop.exchanges import ReplayClient

FOLDER = Path(__file__).parents[4] / "connectors" / "directus"
EXCHANGES = Path(__file__).parent / "exchanges.json"
SECRET = "a-secret-in-a-header"
NOW = datetime(2026, 11, 28, 2, 46, tzinfo=UTC)
UPDATED = (
    b'{"event":"articles.items.update","payload":{"status":"published"},"keys":["2"],'
    b'"collection":"articles","at":1795833987404}'
)


def connector(**options: str) -> DeclarativeConnector:
    settings = Settings("https://cms.example", {"webhook_secret": SECRET}, "directus", options)
    return read_connector(FOLDER)(ReplayClient(EXCHANGES), settings)


async def labels(query: Query) -> list[str]:
    (provider,) = connector().context_providers()
    return [each.label for each in await provider.search(query)]


def test_the_connector_lints_clean_and_proposes_its_actions() -> None:
    assert lint_folder(FOLDER) == []
    contracts = connector().register_actions()
    assert len(contracts) >= 12
    for each in contracts:
        assert isinstance(each.endpoint, HttpEndpoint)
        assert each.endpoint.reconcile is not None, f"{each.name}: a lost answer is settled by a read"


def test_a_collection_of_another_name_is_read_and_written_by_it() -> None:
    (publish,) = [each for each in connector(articles="stories").register_actions() if "publish_a" in each.name][:1]
    assert b"/items/stories/{article}" in publish.canonical
    assert b"/items/articles" not in publish.canonical


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("article", "moss", "name", limit=10), ["A Field Guide to Moss · Nora Beck · draft"]),
        (Query("article", where={"featured": (True,)}), ["Bread and Salt · Nora Beck · published"]),
        (Query("subscriber", "finn.walsh@example.org", "email"), ["Finn Walsh · plus · active"]),
        (Query("order", "PR-1002", "number"), ["PR-1002 · Ben Okoro · 48.00 EUR · paid"]),
        (Query("order", "Clara", "name"), ["PR-1003 · Clara Voss · 12.50 EUR · paid"]),
        (Query("user", "Tomas Varga", "name"), ["Tomas Varga · Editor · active"]),
        (Query("role", "editor", "name"), ["Editor"]),
    ],
)
async def test_records_are_found_as_people_name_them(query: Query, found: list[str]) -> None:
    assert await labels(query) == found


async def test_the_largest_paid_order_is_found_though_directus_is_not_asked_to_sort_by_it() -> None:
    query = Query("order", where={"status": ("paid",)}, order="total", descending=True, limit=1)
    assert await labels(query) == ["PR-1002 · Ben Okoro · 48.00 EUR · paid"]


async def test_what_can_not_be_an_id_is_not_asked_for() -> None:
    (provider,) = connector().context_providers()
    record = await provider.get("order", "1")
    assert record is not None
    assert record.values["total"] == 2400
    assert await provider.get("article", "999") is None
    assert await provider.get("order", "PR-1001") is None, "a number, and Directus would answer 400"


async def test_a_webhook_is_believed_by_its_header_and_told_with_the_record() -> None:
    with pytest.raises(BadAssertion):
        await connector().handle_webhook(Inbound({"x-opsiq-secret": "guessed"}, UPDATED, NOW, {}))
    (event,) = await connector().handle_webhook(Inbound({"x-opsiq-secret": SECRET}, UPDATED, NOW, {}))
    assert event.name == "article.updated"
    assert event.data == {"article_id": "2", "title": "The Last Lighthouse", "status": "draft"}
    assert event.occurred_at == "2026-11-28T02:46:27.404000Z"
