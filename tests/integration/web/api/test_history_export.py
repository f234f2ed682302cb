"""AI History leaves as CSV and as JSON lines: whole, oldest first, what the filter lets through."""

from __future__ import annotations

import csv
import io
import json

from tests.integration.web.api.shop import Shop


async def test_json_lines_hold_every_entry_as_the_api_shows_it(shop: Shop) -> None:
    for name in ("desk one", "desk two"):
        await shop.call("POST", "/v1/keys", {"name": name, "scopes": ["me:read"]})
    page = (await shop.call("GET", "/v1/history", query="limit=200")).json()["data"]
    answer = await shop.call("GET", "/v1/history/export.jsonl")
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.headers["content-disposition"] == 'attachment; filename="opsiq-history.jsonl"'
    *lines, own = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == list(reversed(page))
    assert (own["kind"], own["request_id"]) == ("exported", answer.headers["x-request-id"]), "taking it is an entry too"
    assert answer.text.endswith("}\n")
    made = await shop.call("GET", "/v1/history/export.jsonl", query="kind=key_created&q=desk+two")
    assert [json.loads(line)["data"]["name"] for line in made.text.splitlines()] == ["desk two"]
    none = await shop.call("GET", "/v1/history/export.jsonl", query="kind=drifted")
    assert none.text == ""


async def test_csv_holds_the_same_entries(shop: Shop) -> None:
    lines = [json.loads(line) for line in (await shop.call("GET", "/v1/history/export.jsonl")).text.splitlines()]
    *rows, own = list(csv.DictReader(io.StringIO((await shop.call("GET", "/v1/history/export.csv")).text)))
    assert own["kind"] == "exported"
    assert [(row["seq"], row["kind"], row["digest"]) for row in rows] == [
        (str(line["seq"]), line["kind"], line["digest"]) for line in lines
    ]
