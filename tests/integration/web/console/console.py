"""A console over a real house (SQLite file, no workers): people who sign in through its own pages, and runs put there
by the desk."""

from __future__ import annotations

import atexit
import html
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from agent.runs.run import Run
from app.container import Container, open_container
from core.actor import Actor
from core.settings import Settings
from store.migrate import upgrade
from tests.integration.frozen_clock import FrozenClock
from web.app import create_app
from web.limits import Limits

PASSWORD = "correct horse battery"
CONTRACT = {
    "schema": "opsiq/contract/v1",
    "name": "shop.refund",
    "version": 1,
    "title": "Refund an order",
    "description": "Gives an order's money back.",
    "surfaces": ["admin"],
    "roles": ["owner", "admin"],
    "risk": "irreversible",
    "examples": ["refund order 7"],
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"order": {"type": "integer"}},
        "required": ["order"],
    },
    "endpoint": {"url": "https://shop.example/refund"},
}


@dataclass
class Console:
    app: FastAPI
    container: Container
    clock: FrozenClock
    owner: Actor
    admin: Actor
    stranger: Actor

    def browser(self, address: str = "127.0.0.1") -> AsyncClient:
        """A browser without a cookie, at ``address``."""
        transport = ASGITransport(app=self.app, client=(address, 4000), raise_app_exceptions=False)
        return AsyncClient(transport=transport, base_url="http://console.test")

    async def signed_in(self, email: str) -> AsyncClient:
        browser = self.browser()
        answer = await sign_in(browser, email, PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    async def run_of(self, actor: Actor, text: str = "refund order 7") -> Run:
        return await self.container.runs.ask(actor, text, session_id="test")


@dataclass(frozen=True)
class Founded:
    """A data folder as it is after founding, made once a run of tests and copied for each: four passwords are hashed in
    it."""

    folder: Path
    owner: Actor
    admin: Actor
    stranger: Actor


_FOUNDED: list[Founded] = []
NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)


@asynccontextmanager
async def opened_console(folder: Path, *, founded: bool = True, **settings: str) -> AsyncIterator[Console]:
    nobody = Actor("ws_none", "mem_none", "member", "Nobody", "owner", "mem_none")
    owner = admin = stranger = nobody
    if founded:
        there = await _founded()
        owner, admin, stranger = there.owner, there.admin, there.stranger
        shutil.copytree(there.folder, folder, dirs_exist_ok=True)
    clock = FrozenClock(NOON)
    reading = {"OPSIQ_READING_PROCESSES": "0", "OPSIQ_READING_BUDGET_MS": "10000"}
    loaded = replace(Settings.load({"OPSIQ_DATA": str(folder), **reading, **settings}), workers=0)
    if not founded:
        await upgrade(loaded.database_url)
    async with open_container(loaded, clock=clock) as container:
        app = create_app(_kept(container))
        app.state.container, app.state.limits = container, Limits()
        yield Console(app, container, clock, owner, admin, stranger)


async def _founded() -> Founded:
    if not _FOUNDED:
        folder = Path(tempfile.mkdtemp(prefix="opsiq-founded-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        loaded = replace(Settings.load({"OPSIQ_DATA": str(folder)}), workers=0)
        await upgrade(loaded.database_url)
        async with open_container(loaded, clock=FrozenClock(NOON)) as container:
            workspace_admin = container.workspace_admin
            owner = await workspace_admin.create_workspace(
                "Shop", email="olivia@shop.test", person="Olivia", password=PASSWORD
            )
            admin = await workspace_admin.add_member(
                owner, email="amir@shop.test", person="Amir", role="admin", password=PASSWORD
            )
            await workspace_admin.add_member(
                owner, email="sara@shop.test", person="Sara", role="support", password=PASSWORD
            )
            await container.contract_admin.register(owner, [CONTRACT])
            stranger = await workspace_admin.create_workspace(
                "Elsewhere", email="eve@else.test", person="Eve", password=PASSWORD
            )
        _FOUNDED.append(Founded(folder, owner, admin, stranger))
    return _FOUNDED[0]


@asynccontextmanager
async def _kept(container: Container) -> AsyncIterator[Container]:
    """The house is opened by the test; the app's lifespan does not run under a bare transport."""
    yield container


def csrf(page: Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def sign_in(browser: AsyncClient, email: str, password: str, **fields: str) -> Response:
    token = csrf(await browser.get("/sign-in"))
    return await browser.post("/sign-in", data={"csrf": token, "email": email, "password": password, **fields})


async def post(browser: AsyncClient, path: str, data: dict[str, str] | None = None, **headers: str) -> Response:
    """Post a form as the page would: with its secret."""
    token = csrf(await browser.get("/"))
    return await browser.post(path, data={"csrf": token, **(data or {})}, headers=headers)
