"""The demo platform as a service: its doors, its pages, and what survives a restart."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.database import connect
from demo.seed import SEED_NOW, fill
from tests.integration.demo.conftest import TOKEN, Http, Platform


def contents(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        made = list(connection.iterdump())
    connection.close()
    return made


def seeded(path: Path, now: datetime = SEED_NOW) -> Path:
    connection, fresh = connect(path)
    assert fresh
    fill(connection, now)
    connection.close()
    return path


def test_the_first_data_is_the_same_every_time(tmp_path: Path) -> None:
    assert contents(seeded(tmp_path / "a.db")) == contents(seeded(tmp_path / "b.db"))
    assert contents(tmp_path / "a.db") != contents(seeded(tmp_path / "c.db", datetime(2027, 1, 1, tzinfo=UTC)))


def test_the_first_data_has_what_the_guide_promises(tmp_path: Path) -> None:
    with sqlite3.connect(seeded(tmp_path / "a.db")) as connection:

        def count(sql: str) -> int:
            return int(connection.execute(sql).fetchone()[0])

        assert count("SELECT count(*) FROM customers") >= 70
        assert count("SELECT count(*) FROM customers WHERE name LIKE 'Adam %'") == 2
        assert count("SELECT count(DISTINCT currency) FROM invoices") == 5
        assert count("SELECT count(DISTINCT status) FROM invoices") == 5
        assert count("SELECT count(DISTINCT status) FROM subscriptions") == 5
        assert count("SELECT count(DISTINCT status) FROM tickets") == 3
        assert count("SELECT count(*) FROM customers WHERE name LIKE '%\u202e%'") == 1
        assert count("SELECT count(*) FROM (SELECT name FROM customers GROUP BY name HAVING count(*) > 1)") == 0
    connection.close()


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1]])
async def test_records_are_shown_only_with_the_token(http: Http, token: str | None) -> None:
    for method, path in (("GET", "/api/customers"), ("GET", "/api/customers/421"), ("PATCH", "/api/customers/421")):
        assert (await http.send(method, path, token=token)).status == 401


@pytest.mark.parametrize(
    "query",
    ["where=[]", "where={", 'where={"status":"paid"}', 'where={"notes_internal":["x"]}', 'where={"1=1;--":[1]}',
     "order=notes_internal", "order=-no_such", "limit=0", "limit=51", "limit=x", "limit=-1", "limit=²"],
)  # fmt: skip
async def test_a_query_that_can_not_be_answered_is_refused(http: Http, query: str) -> None:
    assert (await http.get(f"/api/invoices?{query}")).status == 400


async def test_pages_show_hostile_text_as_text(http: Http) -> None:
    for path in ("/", "/customers", "/invoices", "/subscriptions", "/tickets", "/ledger"):
        page = await http.get(path, token=None)
        assert page.status == 200
        assert "<img" not in page.body
        assert "<script" not in page.body
        assert not any(char in page.body for char in "\u202e\u200b\r")
        assert "default-src 'none'" in page.headers["content-security-policy"]
    customers = (await http.get("/customers", token=None)).body
    assert "&lt;img src=x onerror=alert(1)&gt;" in customers
    assert "Eve ⟦U+202E⟧nosnhoJ" in customers


async def test_what_a_call_says_is_escaped_in_the_ledger(http: Http) -> None:
    message = "<script>alert(1)</script>"
    await http.call("reply_ticket", {"ticket_id": 5522, "message": message}, key="act_escaped")
    page = (await http.get("/ledger")).body
    assert message not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_a_row_can_be_changed_behind_everyones_back(http: Http) -> None:
    answer = await http.send("PATCH", "/api/invoices/1047", json={"total": 5000})
    assert (answer.status, answer.body["total"]) == (200, 5000)
    for wrong in ({}, [], {"no_such": 1}, {"status": "odd"}, {"total": "x"}, {"customer_id": 1}):
        assert (await http.send("PATCH", "/api/invoices/1047", json=wrong)).status == 422
    assert (await http.send("PATCH", "/api/invoices/1", json={"total": 1})).status == 404


def test_without_the_switch_there_is_no_trouble_to_ask_for(tmp_path: Path) -> None:
    plain = Platform(tmp_path / "p.db")
    plain.start()
    try:
        import urllib.error
        import urllib.request

        for method, path in (("POST", "/faults"), ("PATCH", "/api/invoices/1042")):
            request = urllib.request.Request(
                plain.url + path, b"{}", {"Authorization": f"Bearer {TOKEN}"}, method=method
            )
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            assert refused.value.code in (404, 405)
            refused.value.close()
    finally:
        plain.stop()


def test_what_was_done_survives_a_restart(tmp_path: Path) -> None:
    path = seeded(tmp_path / "p.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE invoices SET total = 4242 WHERE id = 1042")
    connection.close()
    kept = Platform(path)
    kept.start()
    kept.stop()
    assert any("4242" in line for line in contents(path))


@pytest.mark.parametrize(
    "arguments", [(), ("--token", "T"), ("--secret", "whsec_AAAA"), ("--token", "T", "--secret", "plain")]
)
def test_it_does_not_start_without_a_token_and_a_secret(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "demo", "--data", str(tmp_path / "p.db"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin"}, check=False)
    assert ended.returncode == 2
    assert "secret" in ended.stderr
    assert not (tmp_path / "p.db").exists()
