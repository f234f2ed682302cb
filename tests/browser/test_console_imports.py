"""Importing at a browser: a document is chosen, its operations filtered, ticked, reviewed and signed by keyboard."""

from __future__ import annotations

import json
import os
from pathlib import Path

from playwright.sync_api import expect

from tests.acceptance.installation import PASSWORD
from tests.browser.conftest import New

ID = {"name": "parcel_id", "in": "path", "required": True, "schema": {"type": "integer"}}


def document() -> dict[str, object]:
    verbs = ("hold", "release", "reweigh", "forward", "insure", "relabel")
    paths: dict[str, object] = {
        f"/parcels/{{parcel_id}}/{verb}": {
            "post": {
                "summary": f"{verb.capitalize()} a parcel",
                "description": f"{verb.capitalize()} one parcel that lies in the depot, and tell whoever sent it.",
                "parameters": [ID, {"name": "note", "in": "query", "schema": {"type": "string", "maxLength": 200}}],
                "responses": {},
            }
        }
        for verb in verbs
    }
    image = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
    paths["/parcels/{parcel_id}/photo"] = {
        "put": {"parameters": [ID], "requestBody": {"content": image}, "responses": {}}
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Parcel depot", "version": "4.2"},
        "servers": [{"url": "https://parcels.example"}],
        "paths": paths,
    }


def test_a_documents_operations_are_picked_reviewed_and_signed(visit: New, tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document()), encoding="utf-8")
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/contracts")
    olivia.page.get_by_role("link", name="Import", exact=True).press("Enter")
    olivia.sees("Import contracts")
    olivia.page.get_by_role("button", name="Draft contracts").press("Enter")
    expect(olivia.page.get_by_role("alert")).to_contain_text("Choose the document's file")
    olivia.page.locator("#file").set_input_files(file)
    olivia.page.get_by_role("button", name="Draft contracts").press("Enter")
    olivia.sees("Parcel depot 4.2")
    expect(olivia.page.get_by_text("7 operations: 6 drafted, 1 refused.")).to_be_visible()
    look(olivia.page, "pick")
    olivia.page.get_by_label("Show only").fill("hold post")
    expect(olivia.page.locator("#picks > li:visible")).to_have_count(1)
    olivia.page.get_by_role("button", name="Tick those shown", exact=True).press("Enter")
    olivia.page.get_by_label("Show only").fill("no such words")
    expect(olivia.page.get_by_text("None of them contains these words.")).to_be_visible()
    olivia.page.get_by_label("Show only").fill("forward")
    olivia.page.get_by_role("button", name="Tick those shown", exact=True).press("Enter")
    expect(olivia.page.get_by_text("2 ticked.")).to_be_visible()
    olivia.is_clean()
    olivia.page.get_by_role("button", name="Review those ticked").press("Enter")
    olivia.sees("Review 2 drafts")
    olivia.page.get_by_label("Where they call").select_option("saas")
    olivia.page.get_by_role("checkbox", name="owner").check()
    for each in olivia.page.get_by_text("Its card").all():
        each.press("Enter")
    look(olivia.page, "review")
    olivia.is_clean()
    olivia.page.get_by_label("Title").first.fill("Keep a parcel back")
    olivia.page.get_by_role("button", name="Show a preview").press("Enter")
    olivia.sees("Keep a parcel back")
    expect(olivia.page.get_by_role("checkbox", name="owner")).to_be_checked()
    olivia.page.locator("#password").focus()
    olivia.type("not it")
    olivia.press("Enter")
    expect(olivia.page.get_by_role("alert")).to_be_visible()
    olivia.page.locator("#password").fill(PASSWORD)
    olivia.press("Enter")
    olivia.sees("Contracts")
    olivia.page.goto("/contracts?q=parcel")
    expect(olivia.page.get_by_role("link", name="Forward a parcel")).to_be_visible()


def look(page: object, name: str) -> None:
    """Keeps a picture at both widths and themes where OPSIQ_PICTURES names a folder."""
    folder = os.environ.get("OPSIQ_PICTURES")
    if folder:
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[attr-defined]
                page.set_viewport_size({"width": width, "height": 860})  # type: ignore[attr-defined]
                page.screenshot(path=f"{folder}/{name}_{width}_{scheme}.png", full_page=True)  # type: ignore[attr-defined]
        page.emulate_media(color_scheme="light")  # type: ignore[attr-defined]
        page.set_viewport_size({"width": 1280, "height": 860})  # type: ignore[attr-defined]
