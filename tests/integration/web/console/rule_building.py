"""What the tests of rules and instructions fill in, send and read back in the console."""

from __future__ import annotations

import html
import re
from typing import Any

from httpx import AsyncClient, Response

import store.automations
from events.automations.service import RuleForm
from store.automations import InstructionRow, RuleRow
from tests.integration.web.console.console import Console
from tests.integration.web.console.keys.test_keys import submit

BUILT: dict[str, Any] = {
    "event": "order.paid", "own_event": "", "join": "all", "row_path": ["data.amount", "data.currency"],
    "row_other": ["", ""], "row_op": ["ge", "is"], "row_value": ["100000", "EUR"], "action": "shop.refund",
    "from.order": "/data/amount", "value.order": "", "name": "Big ones", "mode": "shadow", "per_hour": "5",
    "surface": "admin", "note": "", "find": "",
}  # fmt: skip
CEL = "event.data.amount >= 100000 && event.data.currency == 'EUR'"


async def built(browser: AsyncClient, do: str, page: str = "/rules/new", path: str = "/rules", **more: Any) -> Response:
    return await submit(browser, page, path, **{**BUILT, "do": do, **more})


async def rules(console: Console) -> list[RuleRow]:
    async with console.container.database.read() as session:
        return await store.automations.rules(session, console.owner.workspace)


async def instructions(console: Console) -> list[InstructionRow]:
    async with console.container.database.read() as session:
        return await store.automations.instructions(session, console.owner.workspace)


async def add(console: Console, **more: Any) -> RuleRow:
    form = {
        "name": "ours",
        "event": "order.paid",
        "action": "shop.refund",
        "parameters": {"order": {"from": "/data/amount"}},
    }
    return await console.container.events.automation_service.add_rule(
        console.owner, RuleForm.model_validate({**form, **more})
    )


async def fire(console: Console, amount: int, currency: str = "EUR") -> str:
    data = {"order_ref": "A-1", "customer_id": 7, "amount": amount, "currency": currency}
    return (await console.container.events.publisher.publish(console.owner, "order.paid", data)).id


def shown_cel(page: Response) -> str:
    found = re.search(r'aria-label="CEL">([^<]*)<', page.text)
    assert found, page.text
    return html.unescape(found[1])


def picked(page: Response, field: str) -> list[str]:
    """The chosen option of each select of that name."""
    selects = re.findall(rf'<select[^>]* name="{re.escape(field)}"[^>]*>(.*?)</select>', page.text)
    return [
        html.unescape(chosen[0])
        for each in selects
        if (chosen := re.findall(r'<option value="([^"]*)" selected>', each))
    ]


TOLD: dict[str, Any] = {
    "event": "order.paid", "own_event": "", "text": "Refund order {data.amount}", "action": ["shop.refund"],
    "name": "Refunds", "mode": "shadow", "per_hour": "5", "surface": "admin", "find": "",
}  # fmt: skip


async def told(browser: AsyncClient, do: str, **more: Any) -> Response:
    return await submit(browser, "/rules/instructions/new", "/rules/instructions", **{**TOLD, "do": do, **more})
