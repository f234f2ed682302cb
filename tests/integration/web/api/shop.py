"""The API over a real house (SQLite file, no workers) with a real demo platform behind it: two workspaces, and keys of
every role."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from app.container import Container, open_container
from core.actor import Actor, Mode
from core.crypto import request_signature
from core.scopes import SCOPES
from core.settings import Settings
from store.migrate import upgrade
from tests.integration.demo.conftest import SECRET, TOKEN
from tests.integration.frozen_clock import FrozenClock
from web.app import create_app
from web.limits import Limits

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    id: str
    public: str
    secret: str = field(repr=False)


@dataclass
class Shop:
    """``call`` signs and sends; whatever is given as ``headers`` replaces or adds to what a good client would send."""

    app: FastAPI
    container: Container
    clock: FrozenClock
    http: AsyncClient
    actors: dict[str, Actor]
    keys: dict[str, Key]
    sent: int = 0

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | Key = "olivia",
        query: str = "",
        raw: bytes | None = None,
        idempotency_key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        key = self.keys[by] if isinstance(by, str) else by
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        self.sent += 1
        if idempotency_key is None and method != "GET":
            idempotency_key = f"test-{self.sent}"
        told = {"Content-Type": "application/json"} if content else {}
        if idempotency_key:
            told["Idempotency-Key"] = idempotency_key
        told["Authorization"] = self.signature(method, path, key, query, content, idempotency_key or "")
        url = path + (f"?{query}" if query else "")
        return await self.http.request(method, url, content=content, headers=told | (headers or {}))

    def signature(
        self, method: str, path: str, key: Key, query: str = "", body: bytes = b"", idempotency_key: str = ""
    ) -> str:
        return request_signature.make_header(
            key.secret,
            ts=int(self.clock().timestamp()),
            nonce=request_signature.make_nonce(),
            key=key.public,
            method=method,
            path=path,
            query=query,
            idempotency_key=idempotency_key,
            body=body,
        )

    async def key_of(
        self,
        person: str,
        *,
        scopes: Collection[str] = SCOPES,
        role: str | None = None,
        name: str = "made",
        mode: Mode = "live",
    ) -> Key:
        """A key that a member made."""
        actor = self.actors[person]
        row, secret = await self.container.key_admin.create_key(actor, name, scopes=scopes, role=role, mode=mode)
        return Key(row.id, row.public, secret)


@dataclass(frozen=True)
class InstalledShop:
    """A data folder with both workspaces in it, copied for each test."""

    folder: Path
    actors: dict[str, Actor]
    keys: dict[str, Key]


async def install_shop(folder: Path, platform_url: str) -> InstalledShop:
    async with open_shop(folder, None) as shop:
        shop.actors.update(await _people(shop.container, platform_url))
        for name in shop.actors:
            shop.keys[name] = await shop.key_of(name, name=name)
        return InstalledShop(folder, shop.actors, shop.keys)


@asynccontextmanager
async def open_shop(
    folder: Path,
    template: InstalledShop | None,
    *,
    limits: Limits | None = None,
    workers: int = 0,
    at: datetime = NOW,
    **settings: str,
) -> AsyncIterator[Shop]:
    """``at`` is where its clock stands: what is really sent is only taken by a platform that has the same time."""
    if template is not None:
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    clock = FrozenClock(at)
    given = {
        "OPSIQ_DATA": str(folder),
        "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
        "OPSIQ_READING_PROCESSES": "0",
        "OPSIQ_READING_BUDGET_MS": "10000",
        **settings,
    }
    loaded = replace(Settings.load(given), workers=workers)
    if template is None:
        await upgrade(loaded.database_url)
    app = create_app(open_container(loaded, clock=clock), limits=limits)
    transport = ASGITransport(app=app, client=("203.0.113.9", 4000), raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=transport, base_url="http://api.test") as http,
    ):
        actors, keys = (template.actors, template.keys) if template else ({}, {})
        yield Shop(app, app.state.container, clock, http, dict(actors), dict(keys))


async def _people(container: Container, platform_url: str) -> dict[str, Actor]:
    workspace_admin = container.workspace_admin
    olivia = await workspace_admin.create_workspace(
        "Shop", email="olivia@shop.test", person="olivia", password=PASSWORD
    )
    actors = {"olivia": olivia}
    for name, role in (("amir", "admin"), ("sara", "support"), ("nell", "nobody")):
        actors[name] = await workspace_admin.add_member(
            olivia, email=f"{name}@shop.test", person=name, role=role, password=PASSWORD
        )
    actors["eve"] = await workspace_admin.create_workspace(
        "Elsewhere", email="eve@else.test", person="eve", password=PASSWORD
    )
    if platform_url:
        await workspace_admin.connect(olivia, "saas", platform_url, {"read_token": TOKEN, "action_secret": SECRET})
        proposed = await container.contract_admin.propose(olivia, "saas")
        await container.contract_admin.register(olivia, [json.loads(each.canonical) for each in proposed])
    return actors
