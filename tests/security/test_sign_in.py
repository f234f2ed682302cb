"""Sign-in under attack, both ways: nobody guesses quickly, nobody keeps anybody out. Real processes, an address for
each client."""

from __future__ import annotations

import html
import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import httpx
import pytest

from tests.acceptance.installation import PASSWORD, Installation

WRONG = "wrong-wrong-wrong"
PROXY = "127.0.0.9"
NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here goes by https, and for each client the system's certificates would be read."""


class Browser:
    """A browser at an address of this machine, maybe through a proxy that says for whom. Its cookies are sent whatever
    the scheme: between a proxy and the server there is no https."""

    def __init__(self, url: str, address: str, forwarded: str = "") -> None:
        self.cookies: dict[str, str] = {}
        self.given: dict[str, str] = {}
        """The last ``Set-Cookie`` of each name, whole."""
        self.http = httpx.Client(
            base_url=url,
            transport=httpx.HTTPTransport(local_address=address, verify=NO_AUTHORITIES),
            timeout=30.0,
            headers={"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"} if forwarded else {},
        )

    def send(self, method: str, path: str, **fields: str) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.http.cookies.clear()
        answer = self.http.request(method, path, data=fields or None, headers={"Cookie": cookie})
        for each in answer.headers.get_list("set-cookie"):
            name, _, value = each.partition("=")
            self.cookies[name], self.given[name] = value.partition(";")[0], each
        return answer

    def post(self, page: str, path: str, **fields: str) -> httpx.Response:
        """A form of ``page``, with its secret."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.send("GET", page).text)
        assert found
        return self.send("POST", path, csrf=html.unescape(found[1]), **fields)

    def sign_in(self, person: str, password: str = PASSWORD) -> int:
        return self.post("/sign-in", "/sign-in", email=f"{person}@test.test", password=password).status_code


class Site:
    def __init__(self, url: str, held: ExitStack) -> None:
        self.url, self._held = url, held

    def browser(self, address: str, forwarded: str = "") -> Browser:
        made = Browser(self.url, address, forwarded)
        self._held.callback(made.http.close)
        return made

    def tried(self, address: str, person: str, password: str, forwarded: str = "") -> int:
        """From a browser that nobody has seen before."""
        return self.browser(address, forwarded).sign_in(person, password)


@pytest.fixture(scope="module")
def site(world: Installation) -> Iterator[Site]:
    with ExitStack() as held:
        yield Site(world.url, held)


@pytest.fixture(scope="module")
def proxied(world: Installation, site: Site) -> Iterator[Site]:
    """A second server on the same database, reached by https through a proxy that it knows."""
    del site
    world.start_server("proxied", OPSIQ_TRUSTED_PROXIES=f"{PROXY}/32", OPSIQ_BASE_URL="https://ops.test")
    with ExitStack() as held:
        yield Site(world.url, held)


def test_wrong_passwords_keep_out_who_tries_them_and_nobody_else(site: Site) -> None:
    assert [site.tried("127.0.0.2", "olivia", WRONG) for _ in range(6)] == [401] * 5 + [429]
    assert site.tried("127.0.0.2", "olivia", PASSWORD) == 429, "not even with the right one"
    assert site.tried("127.0.0.3", "olivia", PASSWORD) == 303


def test_who_signed_in_before_comes_in_while_others_at_the_same_address_guess(site: Site) -> None:
    """As behind a proxy that is not named, or in one office."""
    known = site.browser("127.0.0.4")
    assert known.sign_in("oscar") == 303
    assert known.post("/", "/sign-out").status_code == 303
    assert [site.tried("127.0.0.4", "oscar", WRONG) for _ in range(5)] == [401] * 5
    assert site.tried("127.0.0.4", "oscar", PASSWORD) == 429
    assert known.sign_in("oscar") == 303


def test_guesses_from_many_addresses_are_slow_and_known_people_still_come_in(site: Site) -> None:
    known = site.browser("127.0.0.5")
    assert known.sign_in("amir") == 303
    known.post("/", "/sign-out")
    tried = [site.tried(f"127.0.1.{each}", "amir", WRONG) for each in range(1, 31)]
    assert tried == [401] * 20 + [429] * 10
    assert site.tried("127.0.1.99", "amir", PASSWORD) == 429, "not one guess in thirty from addresses of its own"
    assert known.sign_in("amir") == 303, "the browser is known"
    assert site.tried("127.0.0.5", "amir", PASSWORD) == 303, "the address is"


def test_an_address_that_a_client_makes_up_gains_it_nothing(site: Site, proxied: Site) -> None:
    for server in (site, proxied):
        tried = [
            server.tried("127.0.0.6" if server is site else "127.0.0.7", "sara", WRONG, forwarded=f"203.0.113.{each}")
            for each in range(8)
        ]
        assert tried == [401] * 5 + [429] * 3
    through = [proxied.tried(PROXY, "sara", WRONG, forwarded=f"198.51.100.{each}, 203.0.113.9") for each in range(8)]
    assert through == [401] * 5 + [429] * 3, "what stands left of the proxy's own word is the client's"


def test_behind_a_trusted_proxy_each_client_counts_by_itself_and_is_shown(proxied: Site) -> None:
    for each in range(6):
        proxied.tried(PROXY, "olivia", WRONG, forwarded=f"2001:db8:0:1::{each}")
    assert proxied.tried(PROXY, "olivia", PASSWORD, forwarded="2001:db8:0:1:ffff::1") == 429, "one /64 is one client"
    browser = proxied.browser(PROXY, "2001:db8:0:2::7")
    assert browser.sign_in("olivia") == 303
    assert set(browser.given) == {"__Host-opsiq_session", "__Host-opsiq_device", "__Host-opsiq_form"}
    for cookie in browser.given.values():
        assert "; Secure" in cookie
        assert "; Path=/;" in cookie
        assert "domain" not in cookie.lower()
    page = browser.send("GET", "/account")
    assert "2001:db8:0:2::7" in page.text
    assert page.headers["strict-transport-security"] == "max-age=31536000"


def test_a_console_that_is_reached_by_http_has_plain_cookies_and_asks_for_no_https(site: Site) -> None:
    """A browser would refuse the others."""
    browser = site.browser("127.0.0.8")
    assert browser.sign_in("sara") == 303
    assert set(browser.given) == {"opsiq_session", "opsiq_device", "opsiq_form"}
    assert "strict-transport-security" not in browser.send("GET", "/account").headers
