"""What is misspelt on the command line is told by the command that it was given to, with what was probably meant."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cli.client import Client
from cli.main import main
from core.errors import Unavailable
from core.scopes import SCOPES


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("aks hello", "Did you mean ask?"),
        ("ask --surfce admin hi", "opsiq ask: error: unrecognized arguments: --surfce. Did you mean --surface?"),
        ("keys crate till", "opsiq keys: error: argument ACT: invalid choice: 'crate'"),
        ("serve --prot 8080", "Did you mean --port?"),
        ("history", "opsiq history: error: say which ACT: verify, export, anchor, anchor-key, list\n"),
        ("runs", "opsiq runs: error: say which ACT: list, show, records, answer, confirm, reject\n"),
        ("history list --limit 0", "argument --limit: '0' is no whole number from 1 on"),
        ("runs list --limit -1", "argument --limit: '-1' is no whole number from 1 on"),
        ("history list --limit ten", "argument --limit: 'ten' is no whole number from 1 on"),
        ("connections credential shop --token t", "unrecognized arguments: --token t. Did you mean --token-url?"),
    ],
)
def test_what_was_probably_meant_is_named(typed: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_the_help_of_a_new_key_names_every_scope(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["keys", "create", "--help"])
    said = capsys.readouterr().out
    assert all(each in said for each in SCOPES)


def test_where_nothing_is_near_nothing_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["keys", "list", "--zzz"])
    said = capsys.readouterr().err
    assert "opsiq keys list: error: unrecognized arguments: --zzz" in said
    assert "Did you mean" not in said


def test_a_file_that_can_not_be_used_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    document = tmp_path / "api.json"
    document.write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}')
    assert main(["import", "openapi", str(document), "--out", str(tmp_path / "taken" / "out")]) == 1
    said = capsys.readouterr().err
    assert "Not a directory" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "text", "did"),
    [
        (200, "<h1>Welcome</h1>", "answered what is no JSON object"),
        (200, "[]", "answered what is no JSON object"),
        (502, "<h1>Welcome</h1>", "answered 502"),
        (404, '{"message": "no such route"}', "answered 404"),
        (403, '{"code": 7, "detail": "Who are you?"}', "answered 403"),
        (400, '["bad"]', "answered 400"),
    ],
)
async def test_what_is_no_server_of_ours_is_called_so_by_its_address(status: int, text: str, did: str) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="application/json", status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        client = Client(url, "pk_live_1", "sk_live_1")
        with pytest.raises(Unavailable, match=f"What answers at {url} is no OpsIQ server.*{did}"):
            await asyncio.to_thread(client.get, "/v1/me")
