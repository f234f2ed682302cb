"""What the developer's listener makes of a message."""

from __future__ import annotations

import time

from cli.commands.listen import verify_webhook
from core import webhook_signature

SECRET = webhook_signature.make_secret()
BODY = b'{"type":"shop.opened"}'


def headers(secret: str = SECRET, *, ago_s: int = 0) -> list[tuple[str, str]]:
    at = int(time.time()) - ago_s
    signature = webhook_signature.sign([secret], "evt_1", at, BODY)
    return [
        ("Webhook-Id", "evt_1"),
        ("Webhook-Timestamp", str(at)),
        ("Webhook-Signature", signature),
        ("Opsiq-Attempt", "2"),
    ]


def test_a_good_message_is_shown_as_verified_with_its_body() -> None:
    line, status = verify_webhook(SECRET, headers(), BODY)
    assert (line["verified"], line["attempt"], line["body"], status) == (True, "2", {"type": "shop.opened"}, 0)


def test_another_secret_an_old_time_and_a_doubled_header_are_refused() -> None:
    for wrong in (headers(webhook_signature.make_secret()), headers(ago_s=301), [*headers(), ("webhook-id", "evt_1")]):
        line, status = verify_webhook(SECRET, wrong, BODY)
        assert (line["verified"], status, "body" in line) == (False, 401, False)
        assert line["refused"]


def test_without_a_secret_nothing_is_called_verified() -> None:
    line, status = verify_webhook(None, [], b"\xff")
    assert (line["verified"], line["body"], status) == (False, "\ufffd", 0)
