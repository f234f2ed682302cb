"""Importing in the console: a document's operations drafted, picked, reviewed with their cards, and signed in bulk."""

from __future__ import annotations

import html
import io
import json
import re
import secrets
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient, Response

import store.contracts
from core.crypto.secretbox import SecretBox, make_key
from core.errors import InvalidInput
from tests.integration.web.console.console import PASSWORD, Console, csrf
from tests.integration.web.console.keys.test_keys import ticket
from web.console.imports.import_state import MAX_PLAIN_BYTES, ImportState, RefusedOperation, open_state, seal_state

pytestmark = pytest.mark.usefixtures("forked_children")

ORDER = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
NOTES = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("note", "trace")]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Parcel <desk>", "version": "7"},
    "servers": [{"url": "https://platform.example"}],
    "paths": {
        "/parcels/{id}/hold": {"post": {"summary": "Hold a parcel", "parameters": [ORDER, *NOTES], "responses": {}}},
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
    shown = dict(re.findall(r'name="(version-\d+)" value="(\d+)"', page.text))
    data = {"csrf": csrf(page), "once": ticket(page), "sealed": sealed(page), "op": ops, **shown, **fields}
    return await browser.post("/import/sign", data=data)


async def test_drafts_are_picked_reviewed_and_signed_in_bulk_with_the_password(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    assert "No platform is connected yet" not in (await browser.get("/import")).text
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
    own = {f"roles-{ops[1]}": "owner", f"risk-{ops[0]}": "irreversible", f"omit-{ops[0]}": "trace"}
    wrong = await signed(browser, page, ops, password="not it", **choices, **own)
    assert wrong.status_code == 422
    assert set(await in_force(console)) == {"shop.refund"}
    done = await signed(browser, page, ops, password=PASSWORD, **choices, **own)
    assert (done.status_code, done.headers["location"]) == (303, "/contracts"), done.text
    there = await in_force(console)
    held = next(each for each in there.values() if each["title"] == "Keep a parcel back")
    assert (held["roles"], held["risk"], held["endpoint"]["connection"]) == (["owner", "admin"], "irreversible", "saas")
    assert list(held["parameters"]["properties"]) == ["id", "note"]
    assert list(held["endpoint"]["query"]) == ["note"]
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


async def desk_connected(console: Console, address: str) -> None:
    await console.container.workspace_admin.connect(
        console.owner, "directus", address, {"read_token": "a-token-of-the-tests"}
    )


async def test_the_connection_at_the_documents_address_is_chosen_at_first_and_another_is_warned_of(
    console: Console,
) -> None:
    await desk_connected(console, "https://platform.example:8443")
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    page = (await reviewed(browser, picks, ["0"])).text
    assert '<option value="saas" selected>' in page
    assert "is at another address" not in page
    page = (await reviewed(browser, picks, ["0"], connection="directus")).text
    assert "The document says https://platform.example, and <code>directus</code> is at another address." in page


async def test_where_no_connection_is_at_the_documents_address_none_is_chosen_and_nothing_is_signed_unseen(
    console: Console,
) -> None:
    await desk_connected(console, "https://platform.example:8443")
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    page = await reviewed(browser, picks, ["0"], roles="owner")
    assert '<option value="">choose one</option>' in page.text
    assert "selected" not in page.text.split('name="connection"')[1].split("</select>")[0]
    assert "can't be signed" not in page.text
    fields: dict[str, Any] = {"password": PASSWORD, "roles": "owner", "unplaced": "yes"}
    assert "Choose where they call." in (await signed(browser, page, ["0"], **fields)).text
    unseen = await signed(browser, page, ["0"], connection="directus", **fields)
    assert "They call directus. Look at the preview, then sign." in unseen.text
    assert set(await in_force(console)) == {"shop.refund"}
    del fields["unplaced"]
    assert 'name="unplaced"' not in unseen.text, "the page shows now what is signed"
    done = await signed(browser, unseen, ["0"], connection="directus", **fields)
    assert done.status_code == 303, done.text


async def test_a_connection_that_is_not_there_is_told_on_the_page_and_never_signed(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert "No platform is connected yet" in (await browser.get("/import")).text, "before anything is picked"
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    page = await reviewed(browser, picks, ["0"])
    assert "These drafts can't be signed yet" in html.unescape(page.text)
    assert 'type="password"' not in page.text, "no password is asked for in vain"
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


def of_many(count: int) -> bytes:
    post = {"parameters": [ORDER], "responses": {}}
    paths = {f"/part{n}/{{id}}/hold": {"post": {"summary": f"Hold part {n}", **post}} for n in range(count)}
    return json.dumps({**DOCUMENT, "paths": paths}).encode()


async def test_more_than_a_mebibyte_of_drafts_comes_back_from_the_page(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    state = ImportState("Parts", "1", 1, "saas", "", (), (RefusedOperation("x", secrets.token_hex(2**20)),))
    picks = await upload(browser, of_many(1))
    held = open_state(console.container.box, console.owner.workspace, sealed(picks))
    box = seal_state(console.container.box, console.owner.workspace, replace(state, drafts=held.drafts))
    assert len(box) > 2**20
    data = {"csrf": csrf(picks), "sealed": box, "op": "0", "connection": "saas", "roles": "owner"}
    answer = await browser.post("/import/review", data=data)
    assert answer.status_code == 200, answer.text[-500:]
    assert "Review 1 draft" in answer.text


async def test_a_hundred_are_signed_at_once_and_no_more(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, of_many(101))
    ops = [str(each) for each in range(101)]
    for page in ("/import/review", "/import/sign"):
        data = {"csrf": csrf(picks), "sealed": sealed(picks), "op": ops, "password": PASSWORD}
        answer = await browser.post(page, data=data)
        assert answer.status_code == 422
        assert "Sign at most 100 at once" in answer.text
    page = await reviewed(browser, picks, ops[:100], connection="saas", roles="owner")
    assert "can't be signed" not in html.unescape(page.text)
    done = await signed(browser, page, ops[:100], password=PASSWORD, connection="saas", roles="owner")
    assert done.status_code == 303, done.text
    assert len(await in_force(console)) == 101


async def test_what_was_retired_is_signed_as_its_next_version(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    choices: dict[str, Any] = {"connection": "saas", "roles": "owner"}
    for version in (1, 2):
        picks = await upload(browser, json.dumps(DOCUMENT).encode())
        page = await reviewed(browser, picks, ["0"], **choices)
        done = await signed(browser, page, ["0"], password=PASSWORD, **choices)
        assert done.status_code == 303, done.text
        (held,) = [each for name, each in (await in_force(console)).items() if name != "shop.refund"]
        assert held["version"] == version
        await console.container.contract_admin.retire(console.owner, held["name"])


async def test_what_has_changed_since_it_was_looked_at_is_not_signed_over(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    old = await reviewed(browser, picks, ["0"], connection="saas", roles="owner")
    other = await reviewed(browser, picks, ["0"], connection="saas", roles="owner")
    done = await signed(browser, other, ["0"], password=PASSWORD, connection="saas", roles="owner")
    assert done.status_code == 303
    stale = await signed(browser, old, ["0"], password=PASSWORD, connection="saas", roles=["owner", "admin"])
    assert stale.status_code == 422
    assert "would be version 2 by now" in stale.text
    (held,) = [each for name, each in (await in_force(console)).items() if name != "shop.refund"]
    assert (held["version"], held["roles"]) == (1, ["owner"])
    done = await signed(browser, stale, ["0"], password=PASSWORD, connection="saas", roles=["owner", "admin"])
    assert done.status_code == 303, "it was looked at again"


async def test_an_operation_of_another_server_than_the_rest_is_told(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    document = json.loads(of_many(2))
    document["paths"]["/part1/{id}/hold"]["post"]["servers"] = [{"url": "https://files.example"}]
    picks = await upload(browser, json.dumps(document).encode())
    page = await reviewed(browser, picks, ["0", "1"], connection="saas", roles="owner")
    assert page.text.count("at another server than the rest") == 1


async def test_no_file_and_no_address_breaks_the_page(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    archive = bytearray(packed(json.dumps(DOCUMENT).encode()))
    archive[60:90] = b"\xff" * 30
    answer = await upload(browser, bytes(archive))
    assert answer.status_code == 422, answer.text
    assert "no archive that can be read" in answer.text
    for host in ("a..example", "a" * 64 + ".example"):
        answer = await browser.post("/import", data={"csrf": csrf(answer), "url": f"https://{host}/openapi.json"})
        assert answer.status_code == 422, answer.text


def packed(document: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openapi.json", document)
    return made.getvalue()


def test_drafts_that_unpack_to_more_than_a_page_is_worth_are_not_sealed() -> None:
    state = ImportState("Parts", "1", 1, "saas", "", (), (RefusedOperation("x", "y" * MAX_PLAIN_BYTES),))
    with pytest.raises(InvalidInput, match="more than a page can carry"):
        seal_state(SecretBox(make_key()), "ws", state)


async def test_values_are_chosen_and_parameters_of_a_name_are_left_out_of_all(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    op = number(picks, "POST /parcels/{id}/hold")
    page = await reviewed(browser, picks, [op])
    said = {"connection": "saas", "roles": "owner", "omit": "tr*", f"need-{op}": "note"}
    shown = await reviewed(browser, picks, [op], **said, **{f"choices-{op}-note": "front desk, yard"})
    assert 'value="front desk, yard"' in shown.text
    bad = await reviewed(browser, picks, [op], **said, **{f"choices-{op}-id": "seven"})
    assert "id takes integer" in html.unescape(bad.text)
    choices = {f"choices-{op}-note": "front desk, yard", f"choices-{op}-id": "7, 8"}
    done = await signed(browser, page, [op], password=PASSWORD, **said, **choices)
    assert done.status_code == 303, done.text
    [parameters] = [
        each["parameters"] for each in (await in_force(console)).values() if each["title"] == "Hold a parcel"
    ]
    assert sorted(parameters["required"]) == ["id", "note"]
    assert parameters["properties"]["note"]["enum"] == ["front desk", "yard"]
    assert parameters["properties"]["id"]["enum"] == [7, 8]
    assert "trace" not in parameters["properties"]


async def test_what_is_in_force_as_the_document_has_it_stands_last_when_it_is_imported_again(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(DOCUMENT).encode())
    op = number(picks, "POST /parcels/{id}/hold")
    page = await reviewed(browser, picks, [op])
    await signed(browser, page, [op], connection="saas", roles="owner", password=PASSWORD)
    again = await upload(browser, json.dumps(DOCUMENT).encode())
    rows = re.findall(r"<li><label>.*?</li>", again.text, re.DOTALL)
    assert ["in force as it is" in row for row in rows] == [False, False, True]
    changed = json.loads(json.dumps(DOCUMENT))
    changed["paths"]["/parcels/{id}/hold"]["post"]["parameters"].append(
        {"name": "until", "in": "query", "required": True, "schema": {"type": "string"}}
    )
    newer = await upload(browser, json.dumps(changed).encode())
    assert "in force: a new version" in newer.text
    assert "in force as it is" not in newer.text
