"""Signing in with an issuer in a real browser: there and back, linked from within, out at both ends."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from cli.client import Client
from tests.acceptance.installation import PASSWORD, Installation, founded_installation
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.integration.web.console.local_issuer import CLIENT_ID, CLIENT_SECRET, LocalIssuer, Person, local_issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[LocalIssuer]:
    """In a loop and a thread of its own: this one belongs to the browser's driver."""
    made: list[LocalIssuer] = []
    up, over = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def stand() -> None:
        loops.append(asyncio.get_running_loop())
        async with local_issuer(lambda: datetime.now(UTC)) as issuer:
            made.append(issuer)
            up.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(stand()))
    thread.start()
    assert up.wait(60)
    yield made[0]
    loops[0].call_soon_threadsafe(over.set)
    thread.join(30)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, issuer: LocalIssuer) -> Iterator[Installation]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    issuer.redirect = f"{base}/sign-in/callback"
    given = {
        "OPSIQ_OIDC_ISSUER": issuer.url,
        "OPSIQ_OIDC_CLIENT_ID": CLIENT_ID,
        "OPSIQ_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OPSIQ_OIDC_NAME": "Test accounts",
        "OPSIQ_BASE_URL": base,
        "OPSIQ_PORT": str(port),
    }
    with founded_installation(tmp_path_factory.mktemp("issuer")) as made:
        made._start("server", "cli.main", "serve", environ=given)
        made.url = base
        made.clients = {name: Client(base, each.key, each.secret) for name, each in made.clients.items()}
        yield made


def through(visit: Visit, issuer: LocalIssuer) -> None:
    visit.page.goto("/sign-in")
    visit.page.get_by_role("link", name="Sign in with Test accounts").press("Enter")


@pytest.fixture
def visit(visit: New, issuer: LocalIssuer) -> Iterator[New]:
    """The issuer is the one other site that may be asked, and only by going there."""
    made: list[Visit] = []

    def new(width: int = 1280, scheme: str = "light", **options: object) -> Visit:
        made.append(visit(width, scheme, **options))
        return made[-1]

    yield new
    for each in made:
        each.complaints[:] = [
            said for said in each.complaints if not said.startswith(f"asked another site: {issuer.url}/authorize?")
        ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_member_goes_there_and_comes_back_signed_in(visit: New, issuer: LocalIssuer, width: int, scheme: str) -> None:
    issuer.person = Person(sub="u-amir", email="amir@test.test")
    amir = visit(width, scheme)
    amir.page.goto("/sign-in")
    amir.is_clean()
    through(amir, issuer)
    amir.sees("What should be done?")
    amir.page.goto("/account")
    expect(amir.page.get_by_text("Linked with amir@test.test")).to_be_visible()
    amir.is_clean()
    amir.page.locator(".account summary").press("Enter")
    amir.page.get_by_role("button", name="Sign out").first.press("Enter")
    expect(amir.page.get_by_role("link", name="Sign out at Test accounts as well")).to_be_visible()
    amir.is_clean()


def test_an_owner_is_told_to_link_from_within_and_does(visit: New, issuer: LocalIssuer) -> None:
    issuer.person = Person(sub="u-olivia", email="olivia@test.test")
    olivia = visit()
    through(olivia, issuer)
    expect(olivia.page.get_by_role("alert")).to_contain_text("An owner's account is linked from within")
    olivia.sign_in("olivia")
    olivia.page.goto("/account")
    olivia.is_clean()
    olivia.page.locator("#link-password").focus()
    olivia.type("not it")
    olivia.press("Enter")
    expect(olivia.page.get_by_role("alert").filter(has_text="This is not your password")).to_be_visible()
    olivia.focus_is_on("#link-password")
    olivia.type(PASSWORD)
    olivia.press("Enter")
    olivia.sees("Continue to Test accounts")
    olivia.is_clean()
    told, onward = olivia.page.locator("#main p:not(.buttons)"), olivia.page.locator("#main .primary")
    assert onward.evaluate("(it) => it.getBoundingClientRect().top") >= told.evaluate(
        "(it) => it.getBoundingClientRect().bottom + 8"
    )
    olivia.page.get_by_role("link", name="Continue to Test accounts").press("Enter")
    expect(olivia.page.get_by_text(re.compile("Linked with olivia@test.test"))).to_be_visible()
