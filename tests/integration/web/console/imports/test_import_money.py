"""Amounts in an import's review: their currency is asked for where the document doesn't say it."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from tests.integration.web.console.console import PASSWORD, Console
from tests.integration.web.console.imports.test_imports import connected, in_force, number, reviewed, signed, upload

pytestmark = pytest.mark.usefixtures("forked_children")

TOLL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Ferry", "version": "1"},
    "servers": [{"url": "https://platform.example"}],
    "paths": {
        "/tolls": {
            "post": {
                "summary": "Set a toll",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["price", "lanes"],
                                "properties": {"price": {"type": "number"}, "lanes": {"type": "integer"}},
                            }
                        }
                    }
                },
                "responses": {},
            }
        }
    },
}


async def test_the_currency_of_an_amount_that_the_document_does_not_say_is_asked_for(console: Console) -> None:
    await connected(console)
    browser = await console.signed_in("olivia@shop.test")
    picks = await upload(browser, json.dumps(TOLL).encode())
    op = number(picks, "POST /tolls")
    page = await reviewed(browser, picks, [op])
    assert f'name="currency-{op}-price"' in page.text
    assert f'name="currency-{op}-lanes"' not in page.text, "only money is asked about"
    said = {"connection": "saas", "roles": "owner"}
    for unit, currency, why in (
        ("", "NOK", "Say if price is in whole NOK or in the smallest unit"),
        ("money", "ZZ", "ZZ is no currency's code"),
    ):
        wrong = {f"unit-{op}-price": unit, f"currency-{op}-price": currency}
        assert why in html.unescape((await reviewed(browser, picks, [op], **said, **wrong)).text)
    right = {f"unit-{op}-price": "money", f"currency-{op}-price": "nok"}
    shown = await reviewed(browser, picks, [op], **said, **right)
    assert '<option value="money" selected>' in shown.text
    done = await signed(browser, page, [op], password=PASSWORD, **said, **right)
    assert done.status_code == 303, done.text
    [notes] = [each["annotations"] for each in (await in_force(console)).values() if each["title"] == "Set a toll"]
    assert (notes["price"]["unit"], notes["price"]["currency"]) == ("money", "NOK")
