"""One signed POST, as the tests of the hand make it."""

from __future__ import annotations

from core.webhook_signature import make_secret
from executors.http.signed_client import SignedClient
from executors.retry import Reply

SECRET = make_secret()
BODY = b'{"action":"invoices.refund","params":{"amount":2000}}'


async def post(
    signed_client: SignedClient,
    url: str,
    *,
    timeout_s: float = 5.0,
    attempt: int = 1,
    headers: dict[str, str] | None = None,
    connect_timeout_s: float = 5.0,
) -> Reply:
    return await signed_client.post(
        url,
        BODY,
        message_id="act_1",
        secrets=[SECRET],
        headers=headers,
        timeout_s=timeout_s,
        connect_timeout_s=connect_timeout_s,
        attempt=attempt,
    )
