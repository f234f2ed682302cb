"""``opsiq listen``: receives webhooks on this machine while developing; verifies, prints and forwards them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from http.server import ThreadingHTTPServer

MAX_BODY_BYTES: Final = 1024 * 1024
_PASSED_ON: Final = ("webhook-", "opsiq-", "idempotency-key", "content-type", "authorization", "x-")


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "listen",
        help="receive webhooks on this machine",
        description="Receive webhooks on loopback: each is verified and printed. With --events, an endpoint is "
        "made on the running server "
        "for as long as this runs; without, point one here yourself.",
    )
    made.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (a free one)")
    made.add_argument(
        "--events", action="append", metavar="PATTERN", help="receive these events (invoice.*, *); may be repeated"
    )
    made.add_argument("--secret", help="the endpoint's whsec_… secret; without one nothing is verified")
    made.add_argument(
        "--forward", metavar="URL", help="pass what is verified on, byte for byte, and answer what comes back"
    )
    made.add_argument("--answer", type=int, default=204, metavar="STATUS", help="answer this (204): to see retries")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import signal

    if arguments.secret:
        from core import webhook_signature

        webhook_signature.sign(
            [arguments.secret], "evt_0", 0, b""
        )  # a secret that is none should fail now, not at the first message
    server = open_listener(arguments.port, arguments.secret, forward=arguments.forward, answer=arguments.answer)
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    made: dict[str, Any] | None = None
    if arguments.events:
        from cli.client import make_client

        told = {"url": url, "events": arguments.events, "description": "opsiq listen"}
        made = make_client().post("/v1/webhooks/endpoints", told)
        server.secret = made["secret"]  # type: ignore[attr-defined]
    print(json.dumps({"listening": url, "endpoint": made["id"] if made else None}), flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
        if made:
            make_client().delete(f"/v1/webhooks/endpoints/{made['id']}")
    return 0


def open_listener(
    port: int, secret: str | None, *, forward: str | None = None, answer: int = 204
) -> ThreadingHTTPServer:
    """A server on loopback that prints one JSON line for each message; ``serve_forever`` it. Raises InvalidInput for a
    port that is taken."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from core.errors import InvalidInput

    printing = threading.Lock()

    class Receives(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdigit() or int(length) > MAX_BODY_BYTES:
                self.close_connection = True
                return self._answer(413)
            body = self.rfile.read(int(length))
            shared: str | None = getattr(self.server, "secret", None)
            line, status = verify_webhook(shared, list(self.headers.items()), body)
            if status == 0:
                status = _forward(forward, list(self.headers.items()), body) if forward else answer
                line["answered"] = status
            with printing:
                print(json.dumps(line, ensure_ascii=False), flush=True)
            return self._answer(status)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
            """What came is printed above; the access log of the base would only repeat it."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Receives)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise InvalidInput(
            f"Can't listen on 127.0.0.1:{port}: {why}. Choose another --port, or none: then a free one is taken."
        ) from error
    server.daemon_threads = True
    server.secret = secret  # type: ignore[attr-defined]
    return server


def verify_webhook(secret: str | None, headers: list[tuple[str, str]], body: bytes) -> tuple[dict[str, Any], int]:
    """What to print of a message, and 401 if it is refused, else 0."""
    import time

    from core import webhook_signature
    from core.errors import Unauthenticated

    named = {name.lower(): value for name, value in headers}
    line: dict[str, Any] = {
        "event": named.get("opsiq-event"),
        "webhook_id": named.get("webhook-id"),
        "delivery": named.get("opsiq-delivery-id"),
        "attempt": named.get("opsiq-attempt"),
        "verified": secret is not None,
    }
    if secret is not None:
        try:
            webhook_signature.verify([secret], headers, body, now=int(time.time()))
        except Unauthenticated as error:
            return {**line, "verified": False, "refused": error.detail}, 401
    try:
        return {**line, "body": json.loads(body)}, 0
    except ValueError:
        return {**line, "body": body.decode("utf-8", "replace")}, 0


def _forward(url: str, headers: list[tuple[str, str]], body: bytes) -> int:
    """The status that the other place answers; 502 when it does not."""
    import urllib.error
    import urllib.request

    from cli.opener import find_opener

    kept = {name: value for name, value in headers if name.lower().startswith(_PASSED_ON)}
    request = urllib.request.Request(url, data=body, headers=kept, method="POST")  # noqa: S310 (the developer's own URL)
    try:
        with find_opener().open(request, timeout=14) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, OSError) as error:
        print(f"opsiq: {url} does not answer: {error}", file=sys.stderr)
        return 502
