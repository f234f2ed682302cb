"""Importing in the console: a document's operations drafted, picked, reviewed with their cards, and signed in bulk."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from httpx import AsyncClient, Response

import store.contracts
from tests.integration.web.console.console import PASSWORD, Console, csrf
from tests.integration.web.console.keys.test_keys import ticket

ORDER = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Parcel <desk>", "version": "7"},
    "servers": [{"url": "https://platform.example"}],
    "paths": {
        "/parcels/{id}/hold": {"post": {"summary": "Hold a parcel", "parameters": [ORDER], "responses": {}}},
        "/parcels/{id}": {"delete": {"summary": "Delete a parcel", "parameters": [ORDER], "responses": {}}},
        "/tickets/{ticket_id}/tag": {
            "post": {
                "summary": "Tag a ticket",
                "parameters": [{"name": "ticket_id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {},
            }
        },
        "/parcels/{id}/photo": {
            "put": {
                "parameters": [ORDER],
                "requestBody": {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
                "responses": {},
            }
        },
    },
}


async def connected(console: Console) -> None:
    await console.container.workspace_admin.connect(
        console.owner, "saas", "https://platform.example", {"read_token": "a-token-of-the-tests"}
    )


async def upload(browser: AsyncClient, data: bytes, **fields: str) -> Response:
    page = await browser.get("/import")
    return await browser.post(
        "/import", data={"csrf": csrf(page), **fields}, files={"file": ("api.json", data, "application/json")}
    )


def sealed(page: Response) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def number(page: Response, operation: str) -> str:
    """The tick of an operation on the page that picks."""
    found = re.search(rf'value="(\d+)"(?:(?!</li>).)*<code>{re.escape(operation)}</code>', page.text, re.DOTALL)
    assert found, page.text
    return found[1]


async def in_force(console: Console) -> dict[str, dict[str, Any]]:
    async with console.container.database.read() as session:
        return {row.name: json.loads(row.raw) for row in await store.contracts.active(session, console.owner.workspace)}


async def reviewed(browser: AsyncClient, picks: Response, ops: list[str], **fields: Any) -> Response:
    data = {"csrf": csrf(picks), "sealed": sealed(picks), "op": ops, **fields}
    return await browser.post("/import/review", data=data)


async def signed(browser: AsyncClient, page: Response, ops: list[str], **fields: Any) -> Response:
    data = {"csrf": csrf(page), "once": ticket(page), "sealed": sealed(page), "op": ops, **fields}
    return await browser.post("/import/sign", data=data)


async def test_drafts_are_picked_reviewed_and_signed_in_bulk_with_the_password(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    assert picks.status_code == 200, picks.text
    assert "4 operations: 3 drafted, 1 refused" in picks.text
    assert "Parcel &lt;desk&gt; 7" in picks.text
    assert "PUT /parcels/{id}/photo" in picks.text
    ops = [number(picks, "POST /parcels/{id}/hold"), number(picks, "DELETE /parcels/{id}")]
    page = await reviewed(browser, picks, ops)
    assert page.status_code == 200, page.text
    assert "Review 2 drafts" in page.text
    nobody = await signed(browser, page, ops, connection="saas", password=PASSWORD)
    assert nobody.status_code == 422
    assert "Say who may run Hold a parcel" in nobody.text
    choices = {"connection": "saas", "roles": ["owner", "admin"], f"title-{ops[0]}": "Keep a parcel back"}
    own = {f"roles-{ops[1]}": "owner", f"risk-{ops[0]}": "irreversible"}
    wrong = await signed(browser, page, ops, password="not it", **choices, **own)
    assert wrong.status_code == 422
    assert set(await in_force(console)) == {"shop.refund"}
    done = await signed(browser, page, ops, password=PASSWORD, **choices, **own)
    assert (done.status_code, done.headers["location"]) == (303, "/contracts"), done.text
    there = await in_force(console)
    held = next(each for each in there.values() if each["title"] == "Keep a parcel back")
    assert (held["roles"], held["risk"], held["endpoint"]["connection"]) == (["owner", "admin"], "irreversible", "saas")
    gone = next(each for each in there.values() if each["endpoint"].get("method") == "DELETE")
    assert (gone["roles"], gone["confirmation"]["policy"]) == (["owner"], "always")


async def test_a_parameter_is_bound_to_a_kind_and_the_card_shows_the_call(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    ops = [number(picks, "POST /tickets/{ticket_id}/tag")]
    page = await reviewed(browser, picks, ops, connection="saas", roles="owner")
    name = f"record-{ops[0]}-ticket_id"
    assert f'name="{name}"' in page.text
    assert "Sent to" in page.text
    assert "/tickets/{ticket_id}/tag" in page.text
    done = await signed(browser, page, ops, password=PASSWORD, connection="saas", roles="owner", **{name: "ticket"})
    assert done.status_code == 303, done.text
    (tagged,) = [each for each in (await in_force(console)).values() if each["title"] == "Tag a ticket"]
    assert tagged["annotations"]["ticket_id"]["record"] == "ticket"
    again = await reviewed(browser, await upload(browser, json.dumps(DOCUMENT).encode()), ops, connection="saas")
    assert "version 2" in again.text, "what is in force already is signed as its next version"


async def test_a_connection_that_is_not_there_is_told_on_the_page_and_never_signed(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    page = await reviewed(browser, picks, ["0"])
    assert "No platform is connected yet" in page.text
    answer = await signed(browser, page, ["0"], password=PASSWORD, roles="owner")
    assert answer.status_code == 422
    assert "Connect the platform first" in answer.text
    answer = await signed(browser, page, ["0"], password=PASSWORD, roles="owner", connection="elsewhere")
    assert answer.status_code == 422
    assert set(await in_force(console)) == {"shop.refund"}


async def test_what_can_not_be_read_or_picked_is_said_where_it_was_given(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for data, said in ((b"this is prose", ""), (b" ", "empty"), (b"PK\x03\x04x", "no archive")):
        answer = await upload(browser, data)
        assert answer.status_code == 422, answer.text
        assert said in answer.text
    token = csrf(await browser.get("/import"))
    for url, said in (
        ("", "Choose the document"),
        ("http://169.254.169.254/openapi.json", "can&#39;t be fetched"),
        ("gopher://a.example", "beginning with https://"),
    ):
        answer = await browser.post("/import", data={"csrf": token, "url": url})
        assert answer.status_code == 422, answer.text
        assert said in answer.text
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    none = await reviewed(browser, picks, [])
    assert "Tick at least one" in none.text
    odd = await reviewed(browser, picks, ["99", "x", "-1"])
    assert "Tick at least one" in odd.text
    back = await reviewed(browser, picks, ["1"], do="pick")
    assert 'value="1" checked' in back.text


async def test_drafts_come_back_only_as_they_were_sealed_for_this_workspace(console: Console) -> None:
    olivia, eve = await console.signed_in("olivia@shop.test"), await console.signed_in("eve@else.test")
    picks = await upload(olivia, json.dumps(DOCUMENT).encode())
    box = sealed(picks)
    theirs = await eve.get("/import")
    for text in (box, "made up", ""):
        answer = await eve.post("/import/review", data={"csrf": csrf(theirs), "sealed": text, "op": "0"})
        assert answer.status_code >= 400, answer.text
        assert "Hold a parcel" not in answer.text
    changed = box[:-8] + ("A" * 8 if not box.endswith("A" * 8) else "B" * 8)
    answer = await olivia.post("/import/review", data={"csrf": csrf(picks), "sealed": changed, "op": "0"})
    assert answer.status_code >= 400


async def test_a_form_sent_twice_signs_once(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    page = await reviewed(browser, picks, ["0"], connection="saas", roles="owner")
    for _ in range(2):
        answer = await signed(browser, page, ["0"], password=PASSWORD, connection="saas", roles="owner")
        assert (answer.status_code, answer.headers["location"]) == (303, "/contracts"), answer.text
    async with console.container.database.read() as session:
        rows = await store.contracts.every_version(session, console.owner.workspace)
    assert sorted((row.name, row.version) for row in rows if "parcel" in row.name) == [
        (row.name, 1) for row in rows if "parcel" in row.name
    ]
