"""Document imports and function tools over REST: drafts that trust nothing, refusals with reasons, nothing kept."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from agent.workspace.document_imports import MAX_WAITING, DocumentImports, open_upload
from core.errors import InvalidInput, Unavailable
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import ImportProcess
from executors.importing.sources import TextSource
from registry.contract import parse
from registry.linting.linter import is_advice, lint
from tests.integration.web.api.shop import Shop
from web.api.tools import MAX_NAME, make_function_name

pytestmark = pytest.mark.usefixtures("forked_children")

AT = "/v1/imports/openapi"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Parcel desk", "version": "7"},
    "servers": [{"url": "https://parcels.example"}],
    "paths": {
        "/parcels/{id}/hold": {
            "post": {
                "summary": "Hold a parcel",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1}}}
                        }
                    }
                },
                "responses": {"200": {"description": "done"}},
            }
        },
        "/parcels/{id}/photo": {
            "put": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "requestBody": {
                    "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
                    "required": True,
                },
                "responses": {},
            }
        },
    },
}


async def test_each_operation_is_drafted_or_refused_and_nothing_is_registered(shop: Shop) -> None:
    before = (await shop.call("GET", "/v1/contracts")).json()
    answer = await shop.call("POST", AT, {"document": json.dumps(DOCUMENT), "decisions": {"roles": ["support"]}})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["title"], told["operations"]) == ("Parcel desk", 2)
    (draft,) = told["drafts"]
    assert draft["operation"] == "POST /parcels/{id}/hold"
    assert draft["contract"]["roles"] == ["support"]
    assert draft["contract"]["confirmation"] == {"policy": "always"}
    assert not [each for each in lint([draft["contract"]]) if not is_advice(each)]
    assert parse(draft["contract"]).properties.keys() == {"id", "days"}
    (refused,) = told["refused"]
    assert refused["operation"] == "PUT /parcels/{id}/photo"
    assert refused["reason"]
    assert told["decisions"]["schema"] == "opsiq/import-decisions/v1"
    assert (await shop.call("GET", "/v1/contracts")).json() == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Give either the document"),
        ({"document": "x", "url": "https://a.example/x"}, "Give either the document"),
        ({"document": "this is prose"}, ""),
        ({"document": "{}"}, ""),
        ({"document": json.dumps(DOCUMENT), "decisions": {"rolls": ["x"]}}, "The decisions can't be read"),
        ({"url": "http://169.254.169.254/openapi.json"}, "can't be fetched"),
        ({"url": "http://10.0.0.7/openapi.json"}, "can't be fetched"),
        ({"url": "http://[::ffff:127.0.0.1]/openapi.json"}, "can't be fetched"),
        ({"url": "file:///etc/passwd"}, "beginning with https://"),
    ],
)
async def test_what_can_not_be_imported_is_said_and_breaks_nothing(
    shop: Shop, body: dict[str, object], said: str
) -> None:
    answer = await shop.call("POST", AT, body)
    assert answer.status_code in (400, 422), answer.text
    assert said in answer.json()["detail"]


async def test_an_import_needs_the_scope_and_the_role_of_who_signs(shop: Shop) -> None:
    body = {"document": json.dumps(DOCUMENT)}
    reader = await shop.key_of("olivia", scopes={"contracts:read"})
    assert (await shop.call("POST", AT, body, by=reader)).status_code == 403
    assert (await shop.call("POST", AT, body, by="amir")).status_code == 403
    assert (await shop.call("POST", AT, body, by=await shop.key_of("olivia", mode="test"))).status_code == 403


async def test_a_large_document_is_read_only_for_a_key_that_there_is(shop: Shop) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(32):
            read += 64 * 1024
            yield b" " * 64 * 1024

    for declared in ({"Content-Length": str(2 * 1024 * 1024)}, {}):
        signature = shop.signature("POST", AT, shop.keys["olivia"])
        strange = re.sub(r"key=[^,]+", "key=pk_live_nobody", signature)
        headers = {"Content-Type": "application/json", **declared}
        answer = await shop.http.post(AT, content=body(), headers={"Authorization": strange, **headers})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature")
        assert read == 0
    assert (
        await shop.http.post(AT, content=body(), headers={"Authorization": signature, **headers})
    ).status_code == 401
    assert read == 2 * 1024 * 1024


async def test_one_large_document_at_a_time_is_read_for_a_key_whose_signature_may_not_fit(shop: Shop) -> None:
    """Anybody may know a key's public part. A document is long, and there may be thousands of connections."""
    begun, go_on = 0, asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        nonlocal begun
        begun += 1
        await go_on.wait()
        yield b" "

    signature = shop.signature("POST", AT, shop.keys["olivia"])
    headers = {"Content-Type": "application/json", "Authorization": signature}
    sent = [asyncio.create_task(shop.http.post(AT, content=body(), headers=headers)) for _ in range(8)]
    async with asyncio.timeout(20):
        refused = [await each for each in sent[5:]]
    assert {each.status_code for each in refused} == {503}
    assert begun == 1
    go_on.set()
    assert [(await each).status_code for each in sent[:5]] == [401] * 5
    await shop.container.key_admin.revoke_key(shop.actors["olivia"], shop.keys["olivia"].id)
    begun = 0
    assert (await shop.http.post(AT, content=body(), headers=headers)).status_code == 401
    assert begun == 0, "none for a key that is revoked"


async def test_imports_that_pile_up_are_put_off() -> None:

    class Never(ImportProcess):
        async def run(self, task: Any, sources: Any) -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

    imports = DocumentImports(SsrfGuard(()), Never())
    under_way: list[asyncio.Task[Any]] = []

    async def begin(workspace: str) -> None:
        under_way.append(asyncio.create_task(imports.draft(workspace, TextSource(b"{}"))))
        await asyncio.sleep(0)

    for workspace in ("one", "one", "two"):
        await begin(workspace)
    with pytest.raises(Unavailable, match="Try again"):
        await imports.draft("one", TextSource(b"{}"))
    await begin("three")
    assert len(under_way) == MAX_WAITING
    with pytest.raises(Unavailable, match="Try again"):
        await imports.draft("four", TextSource(b"{}"))
    for each in under_way:
        each.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    with pytest.raises(InvalidInput, match="empty"):
        await imports.draft_upload("four", b"", "")


def test_an_archive_is_known_by_its_first_bytes_and_a_broken_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no archive"):
        open_upload(b"PK\x03\x04broken", "openapi.json")
    with pytest.raises(InvalidInput):
        open_upload(gzip.compress(base64.b64encode(b"no tar in here")), "document")
    with pytest.raises(InvalidInput, match="empty"):
        open_upload(b" \n", "openapi.json")
    assert isinstance(open_upload(b"openapi: 3.1.0", "x.yaml"), TextSource)


async def test_actions_are_told_as_function_tools_of_both_forms(shop: Shop) -> None:
    openai = (await shop.call("GET", "/v1/contracts/tools", query="limit=500")).json()
    anthropic = (await shop.call("GET", "/v1/contracts/tools", query="format=anthropic&limit=500")).json()
    assert [each["action"] for each in openai["data"]] == [each["action"] for each in anthropic["data"]]
    there = {each["name"] for each in (await shop.call("GET", "/v1/contracts")).json()["data"]}
    assert {each["action"] for each in openai["data"]} <= there
    for one, other in zip(openai["data"], anthropic["data"], strict=True):
        function = one["tool"]["function"]
        assert one["tool"]["type"] == "function"
        assert function["name"] == other["tool"]["name"] == make_function_name(one["action"])
        assert function["parameters"] == other["tool"]["input_schema"]
        assert function["parameters"]["type"] == "object"
    few = (await shop.call("GET", "/v1/contracts/tools", query="limit=1")).json()
    assert (len(few["data"]), few["more"]) == (1, len(openai["data"]) > 1)
    one = (await shop.call("GET", "/v1/contracts/tools", query="q=close_ticket")).json()
    assert [each["action"] for each in one["data"]] == ["saas.close_ticket"]


async def test_a_role_is_told_only_the_tools_it_may_run(shop: Shop) -> None:
    support = (await shop.call("GET", "/v1/contracts/tools", query="limit=500", by="amir")).json()["data"]
    offered = (await shop.call("GET", "/v1/contracts", by="amir")).json()["data"]
    assert {each["action"] for each in support} == {each["name"] for each in offered}


def test_a_functions_name_has_at_most_64_characters_and_stays_its_own() -> None:
    long = ["shop." + "x" * 80 + end for end in ("a", "b")]
    names = {make_function_name(each) for each in long}
    assert len(names) == 2
    assert {len(each) for each in names} == {MAX_NAME}
    assert make_function_name("shop.refund") == "shop__refund"


async def test_a_secret_in_an_address_or_a_document_is_in_no_log_and_no_row(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = "tok-91c2-of-the-address"
    for body in (
        {"url": f"http://10.0.0.7/openapi.json?token={secret}"},
        {"document": f"openapi: {secret}"},
        {"document": json.dumps({**DOCUMENT, "info": {"title": secret, "version": "1"}})},
    ):
        await shop.call("POST", AT, body)
    assert secret not in caplog.text
    async with shop.container.database.read() as session:
        for table in (await session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars():
            rows = (await session.execute(text(f'SELECT * FROM "{table}"'))).all()
            assert secret not in str(rows), table
