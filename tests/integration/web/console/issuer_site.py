"""A console whose members sign in at an issuer on this machine, and what a browser does between the two."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from httpx import AsyncClient, Response

import store.accounts.identities
import store.accounts.members
import store.history.log
from store.accounts.members import MemberRow
from tests.integration.frozen_clock import FrozenClock
from tests.integration.web.console.console import NOON, Console, opened_console
from tests.integration.web.console.local_issuer import CLIENT_ID, CLIENT_SECRET, REDIRECT, LocalIssuer, local_issuer


@dataclass
class Site:
    console: Console
    issuer: LocalIssuer

    async def begun(self, browser: AsyncClient, start: str = "/sign-in/start") -> str:
        """Away to the issuer and signed in there: the path that it sends the browser back to."""
        away = await browser.get(start)
        assert away.status_code == 303, away.text
        return await there(away.headers["location"])

    async def came(self, browser: AsyncClient, start: str = "/sign-in/start") -> Response:
        return await browser.get(await self.begun(browser, start))

    async def member(self, email: str) -> MemberRow:
        async with self.console.container.database.read() as session:
            return (await store.accounts.members.by_email(session, email))[0]

    async def entries(self) -> list[store.history.log.HistoryRow]:
        async with self.console.container.database.read() as session:
            return await store.history.log.page(session, self.console.owner.workspace, limit=10)

    async def kinds(self) -> list[str]:
        return [each.kind for each in await self.entries()]

    async def links(self, email: str) -> list[str]:
        member = await self.member(email)
        async with self.console.container.database.read() as session:
            rows = await store.accounts.identities.of_member(session, member.workspace, member.id)
        return [row.subject for row in rows]


async def there(address: str) -> str:
    # By http: for each client the certificates of every authority would be read.
    async with AsyncClient(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as outside:
        back = await outside.get(address)
    assert back.status_code == 302, back.text
    assert back.headers["location"].startswith(f"{REDIRECT}?")
    parts = urlsplit(back.headers["location"])
    return f"{parts.path}?{parts.query}"


@asynccontextmanager
async def opened_site(folder: Path, **settings: str) -> AsyncIterator[Site]:
    clock = FrozenClock(NOON)
    async with local_issuer(lambda: clock()) as issuer:
        given = {
            "OPSIQ_OIDC_ISSUER": issuer.url, "OPSIQ_OIDC_CLIENT_ID": CLIENT_ID,
            "OPSIQ_OIDC_CLIENT_SECRET": CLIENT_SECRET, "OPSIQ_OIDC_NAME": "Shop accounts",
            "OPSIQ_BASE_URL": "http://console.test", "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
        }  # fmt: skip
        async with opened_console(folder, **{**given, **settings}) as console:
            issuer.now = console.clock
            yield Site(console, issuer)


async def nobody_came(site: Site, browser: AsyncClient, answer: Response, words: str, status: int = 403) -> None:
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert "signed_in" not in await site.kinds()
