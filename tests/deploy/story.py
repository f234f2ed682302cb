"""``python -m tests.deploy.story URL PLATFORM_URL TOKEN SECRET TEXT``: what an owner does in the console of a new
installation: sign in, connect the demo platform, sign an action, type a request, confirm its card.

Over HTTPS where URL says so. Without PLATFORM_URL it is connected already. Prints what came of it as JSON.
"""

from __future__ import annotations

import html
import json
import re
import sys
import time

from cli.console_session import ConsoleSession

EMAIL = "you@example.com"
DONE = "The platform did it."
PASSWORD = "correct horse battery"


def act(console: ConsoleSession, text: str) -> dict[str, str]:
    """One request from its words to what came of it."""
    page = console.send("/", "/runs", text=text)
    found = re.search(r"/runs/(run_\w+)", page)
    assert found, page[:2000]
    run = found[1]
    for _ in range(60):
        page = console.page(f"/runs/{run}")
        if digest := re.search(r'name="digest" value="([^"]+)"', page):
            break
        time.sleep(1)
    else:
        raise AssertionError(f"no card: {page[:3000]}")
    console.confirm(run, html.unescape(digest[1]))
    for _ in range(60):
        page = console.page(f"/runs/{run}")
        if DONE in page:
            break
        time.sleep(1)
    return {"run": run, "succeeded": str(DONE in page), "page": page[:200]}


def main(url: str, platform_url: str, token: str, secret: str, text: str) -> int:
    console = ConsoleSession(url, EMAIL, PASSWORD)
    if platform_url:
        where = "/connectors/saas/connect"
        console.send(where, where, base_url=platform_url, read_token=token, action_secret=secret, password=PASSWORD)
        where = "/connectors/saas/contracts"
        console.send(where, where, contract="saas.apply_credit", password=PASSWORD)
    print(json.dumps(act(console, text)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
