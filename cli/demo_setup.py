"""Demo setup: connects the demo's platform and server, so that changes are sent as events and records are cached."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Final

from cli.opener import find_opener

if TYPE_CHECKING:
    from cli.client import Client

CONNECTOR: Final = "saas"


def connect_demo(server: Client, workspace: str, platform_url: str, token: str) -> None:
    """Connect server and platform: share a secret, register the webhook address, and sync its records once."""
    shared = server.post(f"/v1/connectors/{CONNECTOR}/webhook-secret", {})
    url = f"{server.url}/connectors/{CONNECTOR}/webhook?workspace={workspace}"
    body = json.dumps({"url": url, "secret": shared["secret"]}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{platform_url}/webhook", data=body, headers=headers, method="PUT")  # noqa: S310
    with find_opener().open(request, timeout=10):
        pass
    server.post("/v1/mirrors/sync", {"connector": CONNECTOR})
