"""Scripted console session: signs in to the console and presses a card's button, without a browser.

``opsiq demo --once`` tells the story without a person, and what only a person confirms is confirmed there like this:
with the password of one, through the same page, form and checks.
"""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Final

from cli.opener import make_opener
from core.errors import Forbidden, Unavailable

_HIDDEN: Final = re.compile(r'name="(csrf|once)" value="([^"]+)"')
_NOTICE: Final = re.compile(r'role="alert"[^>]*>([^<]+)<')


class ConsoleSession:
    """One person's session in the console at ``url``. Raises Forbidden where the console says no, Unavailable where
    nobody answers."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._url = url.rstrip("/")
        self._opener = make_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.send("/sign-in", "/sign-in", email=email, password=password)

    def confirm(self, run_id: str, digest: str) -> None:
        """Say yes to exactly this card, with the second button that an irreversible one has."""
        self.send(f"/runs/{run_id}", f"/runs/{run_id}/confirm", digest=digest, sure="yes")

    def reject(self, run_id: str, reason: str = "") -> None:
        self.send(f"/runs/{run_id}", f"/runs/{run_id}/reject", reason=reason)

    def page(self, path: str) -> str:
        return self._ask(path)

    def send(self, page: str, path: str, **fields: str) -> str:
        """Send a form as the page that holds it would, with its secret; what is answered."""
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(self.page(page))}
        if "csrf" not in hidden:
            raise Forbidden(f"{page} has no form to send.")
        return self._ask(path, {**hidden, **fields})

    def _ask(self, path: str, form: dict[str, str] | None = None) -> str:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with self._opener.open(f"{self._url}{path}", data, timeout=30) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as error:
            said = _NOTICE.search(error.read().decode("utf-8", "replace"))
            raise Forbidden(html.unescape(said[1]) if said else f"The console answered {error.code}.") from error
        except (urllib.error.URLError, OSError) as error:
            raise Unavailable(f"No console answers at {self._url}.") from error
