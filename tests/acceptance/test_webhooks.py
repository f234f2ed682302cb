"""Webhooks through real processes: a server that delivers, receivers that verify, and a kill -9 in between."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from cli.client import Client, Refused
from tests.acceptance.installation import Installation

SAMPLE = {"invoice_id": 1042, "customer_id": 7, "amount": 4900, "currency": "EUR"}
VERIFY_JS = """
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const told = new Webhook(secret).verify(body, headers);
let tampered = "accepted";
try { new Webhook(secret).verify(body + " ", headers); } catch { tampered = "refused"; }
console.log(JSON.stringify({ type: told.type, tampered }));
"""


@dataclass
class Catcher:
    """Receives in a thread. While ``hold`` is clear, requests are read and left without an answer."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def catchers() -> Iterator[Callable[[], Catcher]]:
    servers: list[tuple[ThreadingHTTPServer, Catcher]] = []

    def make() -> Catcher:
        made = Catcher()
        made.hold.set()

        class Receives(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                made.hold.wait(60)
                try:
                    self.send_response(204)
                    self.end_headers()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Receives)
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_address[1]}/"
        servers.append((server, made))
        return made

    yield make
    for server, made in servers:
        made.hold.set()
        server.shutdown()
        server.server_close()


def wait_for(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Polls another process; the bound only ends a test that fails."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.02)
    return found


def endpoint(client: Client, url: str, *events: str, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = client.post("/v1/webhooks/endpoints", {"url": url, "events": list(events), **given})
    return made


def deliveries(client: Client, made: dict[str, Any]) -> list[dict[str, Any]]:
    page: dict[str, Any] = client.get("/v1/webhooks/deliveries", f"endpoint={made['id']}&limit=100")
    found: list[dict[str, Any]] = page["data"]
    return found


def terminal(world: Installation, *arguments: str) -> dict[str, Any]:
    client = world.clients["olivia"]
    environ = world.environment() | {"OPSIQ_URL": client.url, "OPSIQ_KEY": client.key, "OPSIQ_SECRET": client.secret}
    return {"args": [sys.executable, "-m", "cli.main", *arguments], "env": environ, "text": True}


def test_a_developer_hears_on_their_own_machine_what_they_trigger(world: Installation) -> None:
    with subprocess.Popen(**terminal(world, "listen", "--events", "invoice.*"), stdout=subprocess.PIPE) as listening:
        try:
            assert listening.stdout is not None
            made = {"id": json.loads(listening.stdout.readline())["endpoint"]}
            fired = json.loads(subprocess.check_output(**terminal(world, "trigger", "invoice.paid"), timeout=30))
            line = json.loads(listening.stdout.readline())
            assert (line["event"], line["webhook_id"], line["verified"]) == ("invoice.paid", fired["id"], True)
            assert line["body"]["type"] == "invoice.paid"
            olivia = world.clients["olivia"]
            (delivery,) = wait_for(lambda: [each for each in deliveries(olivia, made) if each["state"] == "succeeded"])
            assert delivery["id"] == line["delivery"]
            shown = olivia.get(f"/v1/webhooks/deliveries/{delivery['id']}")
            assert json.loads(shown["body"]) == line["body"]
            assert [each["status"] for each in shown["attempt_log"]] == [204]
            reaction = olivia.get(f"/v1/events/{fired['id']}")["reactions"][-1]
            assert (reaction["subscriber"], reaction["priority"], reaction["detail"]) == (
                "webhooks",
                40,
                "1 webhook delivery",
            )
        finally:
            listening.terminate()
    with pytest.raises(Refused, match="no such webhook endpoint"):
        world.clients["olivia"].get(f"/v1/webhooks/endpoints/{made['id']}")


def test_a_listener_refuses_what_was_signed_with_another_secret(world: Installation) -> None:
    wrong = "whsec_" + "A" * 32
    with subprocess.Popen(**terminal(world, "listen", "--secret", wrong), stdout=subprocess.PIPE) as listening:
        try:
            assert listening.stdout is not None
            url = json.loads(listening.stdout.readline())["listening"]
            made = endpoint(world.clients["olivia"], url, "*")
            world.clients["olivia"].post("/v1/webhooks/test", {"endpoint": made["id"]})
            line = json.loads(listening.stdout.readline())
            assert (line["verified"], "secret" in line["refused"]) == (False, True)
        finally:
            listening.terminate()
    world.clients["olivia"].delete(f"/v1/webhooks/endpoints/{made['id']}")


def test_the_published_libraries_of_python_and_javascript_verify_what_arrives(
    world: Installation, catchers: Callable[[], Catcher], tmp_path: Path
) -> None:
    catcher = catchers()
    olivia = world.clients["olivia"]
    made = endpoint(olivia, catcher.url, "invoice.paid")
    olivia.post("/v1/events/fire", {"event": "invoice.paid", "data": SAMPLE | {"note": "Zażółć – ✓"}})
    wait_for(lambda: catcher.got)
    headers, body = catcher.got[0]
    assert Webhook(made["secret"]).verify(body, headers)["data"]["note"] == "Zażółć – ✓"
    olivia.delete(f"/v1/webhooks/endpoints/{made['id']}")

    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("npm and node are needed for the JavaScript library; they are not on this machine")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    fetched = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "standardwebhooks@1"],
        cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    if fetched.returncode:
        pytest.skip(f"npm can't fetch the JavaScript library here: {fetched.stderr[-300:]}")
    (tmp_path / "verify.js").write_text(VERIFY_JS)
    given = json.dumps({"secret": made["secret"], "headers": headers, "body": body.decode()})
    said = subprocess.run(
        [node, "verify.js"], cwd=tmp_path, input=given, capture_output=True, text=True, timeout=30, check=True
    )
    assert json.loads(said.stdout) == {"type": "invoice.paid", "tampered": "refused"}


def test_kill_nine_in_mid_delivery_delivers_at_least_once_under_the_same_id(
    world: Installation, catchers: Callable[[], Catcher]
) -> None:
    catcher = catchers()
    catcher.hold.clear()
    made = endpoint(world.clients["olivia"], catcher.url, "shop.opened")
    fired = world.clients["olivia"].post("/v1/events/fire", {"event": "shop.opened", "data": {"n": 1}})
    wait_for(lambda: catcher.got)
    world.kill_server()
    catcher.hold.set()
    world.start_server()
    olivia = world.clients["olivia"]
    (delivery,) = wait_for(lambda: [each for each in deliveries(olivia, made) if each["state"] == "succeeded"])
    assert len(catcher.got) == 2
    assert {headers["webhook-id"] for headers, _ in catcher.got} == {fired["id"]}
    assert {headers["opsiq-delivery-id"] for headers, _ in catcher.got} == {delivery["id"]}
    assert len({body for _, body in catcher.got}) == 1
    olivia.delete(f"/v1/webhooks/endpoints/{made['id']}")


def test_an_endpoint_that_hangs_does_not_keep_the_others_waiting(
    world: Installation, catchers: Callable[[], Catcher]
) -> None:
    slow, fast = catchers(), catchers()
    slow.hold.clear()
    olivia = world.clients["olivia"]
    hanging = endpoint(olivia, slow.url, "shop.closed")
    for n in range(30):
        olivia.post("/v1/events/fire", {"event": "shop.closed", "data": {"n": n}})
    wait_for(lambda: slow.got)
    quick = endpoint(olivia, fast.url, "shop.*")
    for n in range(20):
        olivia.post("/v1/events/fire", {"event": "shop.closed", "data": {"n": 100 + n}})
    wanted = {100 + n for n in range(20)}
    wait_for(lambda: wanted <= {json.loads(body)["data"]["n"] for _, body in fast.got})
    assert len(slow.got) <= 8, "no more than its share of the workers hangs with it"
    assert not any(each["state"] == "succeeded" for each in deliveries(olivia, hanging))
    slow.hold.set()
    wait_for(lambda: len({headers["webhook-id"] for headers, _ in slow.got}) == 50, 60)
    for each in (hanging, quick):
        olivia.delete(f"/v1/webhooks/endpoints/{each['id']}")


def test_an_endpoints_life_over_rest(world: Installation, catchers: Callable[[], Catcher]) -> None:
    catcher = catchers()
    olivia = world.clients["olivia"]
    made = endpoint(olivia, catcher.url, "till.*", headers={"X-Team": "ops"}, description="Till")
    path = f"/v1/webhooks/endpoints/{made['id']}"
    shown = olivia.get(path)
    assert "secret" not in shown
    assert (shown["state"], shown["headers"], shown["events"]) == ("active", ["x-team"], ["till.*"])
    assert made["id"] in [each["id"] for each in olivia.get("/v1/webhooks/endpoints")["data"]]

    olivia.post(f"{path}/pause", {})
    olivia.post("/v1/events/fire", {"event": "till.opened", "data": {}})
    (waiting,) = wait_for(lambda: deliveries(olivia, made))
    assert (waiting["state"], waiting["attempts"]) == ("pending", 0)
    olivia.post(f"{path}/resume", {})
    wait_for(lambda: catcher.got)
    assert catcher.got[0][0]["x-team"] == "ops"

    rotated = olivia.post(f"{path}/rotate", {})
    assert rotated["secret"] != made["secret"]
    delivery = olivia.post(f"/v1/webhooks/deliveries/{waiting['id']}/resend", {})
    wait_for(lambda: len(catcher.got) == 2)
    headers, body = catcher.got[1]
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(body, headers)
    assert body == catcher.got[0][1]
    log = wait_for(
        lambda: len(found := olivia.get(f"/v1/webhooks/deliveries/{delivery['id']}")["attempt_log"]) == 2 and found
    )
    assert [each["by_hand"] for each in log] == [False, True]

    health = wait_for(lambda: (found := olivia.get(path)["health"])["attempts_24h"] == 2 and found)
    assert (health["success_rate_24h"], health["consecutive_failures"]) == (1.0, 0)
    olivia.delete(path)
    with pytest.raises(Refused) as gone:
        olivia.get(path)
    assert gone.value.problem["code"] == "not_found"
    kinds = [each["kind"] for each in olivia.get("/v1/history", "limit=200")["data"]]
    assert {
        "webhook_created",
        "webhook_paused",
        "webhook_resumed",
        "webhook_rotated",
        "webhook_resent",
        "webhook_deleted",
    } <= {*kinds}
    assert world.verify()["ok"]


def test_a_url_inside_is_refused_with_its_place_and_a_failed_test_says_why(world: Installation) -> None:
    olivia = world.clients["olivia"]
    with pytest.raises(Refused) as refused:
        endpoint(olivia, "http://10.0.0.1/", "*")
    assert refused.value.problem["errors"][0]["pointer"] == "/url"
    made = endpoint(olivia, "http://127.0.0.1:1/", "*")
    row = olivia.post("/v1/webhooks/test", {"endpoint": made["id"], "event": "order.shipped"})
    shown = wait_for(
        lambda: (found := olivia.get(f"/v1/webhooks/deliveries/{row['id']}"))["state"] == "failed" and found
    )
    assert (shown["cause"], shown["error"]) == ("test", "connect")
    assert shown["detail"] == "The endpoint could not be reached."
    olivia.delete(f"/v1/webhooks/endpoints/{made['id']}")
