"""Plays sdks/conformance/scenario.json through one SDK's driver and keeps what it sent (sdks/conformance/README.md)."""

from __future__ import annotations

import base64
import json
import queue
import re
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

from standardwebhooks import Webhook

from core.crypto import request_signature
from core.scopes import SCOPES
from tests.acceptance.installation import Installation
from tests.sdks.recorder import Recorded, Recorder

ROOT = Path(__file__).parents[2]
SCENARIO: list[dict[str, Any]] = json.loads((ROOT / "sdks/conformance/scenario.json").read_text(encoding="utf-8"))[
    "steps"
]
VECTORS: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/requests.json").read_text(encoding="utf-8"))["cases"]
IDEMPOTENT = {case["call"]: case["idempotent"] for case in VECTORS}
OURS = {"authorization", "accept", "user-agent", "content-type", "idempotency-key"}
TRANSPORTS = {
    "host",
    "connection",
    "content-length",
    "accept-encoding",
    "accept-language",
    "sec-fetch-mode",
    "keep-alive",
}
"""What HTTP clients add by themselves."""


@dataclass
class Receiver:
    """Takes webhooks, each path in a queue of its own."""

    url: str
    got: dict[str, queue.Queue[tuple[list[tuple[str, str]], bytes]]] = field(default_factory=dict)

    def of(self, path: str) -> queue.Queue[tuple[list[tuple[str, str]], bytes]]:
        return self.got.setdefault(path, queue.Queue())


def receiver() -> tuple[Receiver, ThreadingHTTPServer]:
    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.of(self.path.strip("/")).put((list(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:
            made.of("followed").put(([], self.path.encode()))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    server.daemon_threads = True
    made = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return made, server


class Driver:
    """The process that knows the SDK."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=dict(environment),
            bufsize=1,
        )

    def ask(self, command: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the driver ended with {self.process.wait(10)} at {command}"
        return json.loads(line)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@dataclass
class Played:
    """``sent``: for each step the requests, as one SDK is like another."""

    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class Player:
    """One SDK, from a key of its own to the last step. Raises AssertionError with the step's name at the first
    difference."""

    def __init__(self, name: str, driver: Driver, world: Installation, recorder: Recorder, hooks: Receiver) -> None:
        self.name, self.driver, self.world, self.recorder, self.hooks = name, driver, world, recorder, hooks
        owner = world.clients["olivia"]
        key = owner.post("/v1/keys", {"name": name, "scopes": list(SCOPES), "mode": "live"})
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.key_id = key["key"]["id"]
        self.values: dict[str, Any] = {
            "sdk": f"sdk-{name}",
            "proxy": recorder.url,
            "receiver": hooks.url,
            "nowhere": nowhere,
            "key": key["key"]["public"],
            "secret": key["secret"],
            "workspace": world.workspace,
        }
        self.clients: dict[str, Mapping[str, Any]] = {}
        self.nonces: set[str] = set()
        self.secrets = {key["secret"]}
        self.ids: dict[str, str] = {}

    def play(self) -> Played:
        played = Played()
        for step in SCENARIO:
            try:
                played.sent[step["name"]] = self.step(step)
            except AssertionError as error:
                raise AssertionError(f"{self.name}, step {step['name']!r}: {error}") from error
        return played

    def step(self, step: Mapping[str, Any]) -> list[dict[str, Any]]:
        self.recorder.take()
        self.recorder.trouble.extend(self.filled(step.get("trouble", [])))
        if "receive" in step:
            headers, body = self.hooks.of(self.filled(step["receive"])).get(timeout=60)
            self.values["received"] = {"headers": headers, "body_base64": base64.b64encode(body).decode()}
        elif "action_call" in step:
            self.values["received"] = signed(**step["action_call"])
        elif "rotate" in step:
            made = self.world.clients["olivia"].post(f"/v1/keys/{self.key_id}/rotate")
            self.values["fresh_secret"] = made["secret"]
            self.secrets.add(made["secret"])
        if "send" not in step:
            return []
        command = self.filled(step["send"])
        if command["do"] == "client":
            self.clients[command["name"]] = command
        answer = self.driver.ask(command)
        sent = self.recorder.take()
        assert not self.recorder.trouble, "trouble is left that nothing ran into"
        self.values["lost"] = self.recorder.lost
        said = json.dumps(answer)
        if "error" in answer:
            for secret in self.secrets:
                assert secret not in said, "a secret is in the error"
        wanted = self.filled(step.get("expect", {"ok": ...}))
        differs = difference(wanted, answer)
        assert differs is None, f"{differs}\n{said[:2000]}"
        if "length" in step:
            assert len(answer["ok"]) == step["length"], said[:500]
        for name, pointer in step.get("save", {}).items():
            self.values[name] = at(answer, pointer)
            if "secret" in name:
                self.secrets.add(self.values[name])
        if "requests" in step:
            assert len(sent) == step["requests"], [each.target for each in sent]
        if "waited_s" in step:
            assert sent[1].at - sent[0].at >= step["waited_s"]
        return self.looked_at(command, sent)

    def looked_at(self, command: Mapping[str, Any], sent: Sequence[Recorded]) -> list[dict[str, Any]]:
        """Each request is what the wire page says; what of it must be alike in all SDKs."""
        if command["do"] not in ("call", "held"):
            return []
        client = self.clients[command["client"]]
        calls = command["call"] if command["do"] == "call" else f"runs.{command['method']}"
        acts = IDEMPOTENT.get(calls, False)
        keys = {each.header("idempotency-key") for each in sent}
        if acts and sent:
            assert len(keys) == 1, "the Idempotency-Key changed from attempt to attempt"
            assert None not in keys, "an act without an Idempotency-Key"
        given = command.get("options", {}).get("idempotency_key")
        made = []
        for each in sent:
            names = {name for name, _ in each.headers}
            assert names <= OURS | TRANSPORTS, f"headers nobody asked for: {names - OURS - TRANSPORTS}"
            assert each.line[2] == "HTTP/1.1"
            assert re.match(rf"opsiq-{self.name}/\d+\.\d+\.\d+( |$)", each.header("user-agent") or ""), each.header(
                "user-agent"
            )
            self.verified(each, client)
            key = each.header("idempotency-key")
            assert acts or key is None, f"{each.method} {each.target} does not take a key"
            if key is not None and given is None:
                assert re.fullmatch(r"[A-Za-z0-9_.:-]{16,255}", key), key
            made.append(
                {
                    "method": each.method,
                    "target": self.alike(each.target),
                    "body": self.alike(each.body.decode("utf-8")),
                    "content-type": each.header("content-type"),
                    "accept": each.header("accept"),
                    "idempotency-key": None if key is None else self.alike(given) if given else "made",
                }
            )
        # How often a waiting client asks is a matter of time.
        return made[:1] if calls == "runs.wait" else made

    def verified(self, request: Recorded, client: Mapping[str, Any]) -> None:
        claim = request_signature.parse_header([request.header("authorization") or ""])
        path, _, query = request.target.partition("?")
        request_signature.check(
            claim,
            [client["secret_key"]],
            method=request.method,
            path=path,
            query=query,
            idempotency_key=request.header("idempotency-key") or "",
            body=request.body,
        )
        assert claim.key == client["public_key"]
        assert claim.nonce not in self.nonces, "a nonce came twice"
        self.nonces.add(claim.nonce)
        ahead = claim.ts - time.time()
        assert min(abs(ahead), abs(ahead - client.get("clock_offset_s", 0))) < 120, f"signed {ahead} s from now"

    def filled(self, value: Any) -> Any:
        """With ``${name}`` or ``${name.member}`` put in."""
        if isinstance(value, str):
            if whole := re.fullmatch(r"\$\{([a-z0-9_.]+)\}", value):
                return self.value(whole[1])
            return re.sub(r"\$\{([a-z0-9_.]+)\}", lambda found: str(self.value(found[1])), value)
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        return [self.filled(each) for each in value] if isinstance(value, list) else value

    def value(self, name: str) -> Any:
        found: Any = self.values
        for part in name.split("."):
            found = found[part] if found and part in found else f"${{{name}}}"
        return found

    def alike(self, text: str) -> str:
        return name_what_differs(text, self.values, self.ids)


def name_what_differs(text: str, values: Mapping[str, Any], ids: dict[str, str]) -> str:
    """``text`` with what differs from SDK to SDK by nature replaced by its name, and each new identifier kept in
    ``ids``. A choice is a few characters that may occur within an identifier too, so identifiers go first and a
    value counts as a whole word alone."""
    text = re.sub(
        r"\b(run|evt|whe|dlv|key|act)_[0-9A-Z]{26}\b",
        lambda found: ids.setdefault(found[0], f"<{found[1]}>"),
        text,
    )
    for name in ("sdk", "receiver", "digest", "choice"):
        if name in values:
            value = str(values[name])
            either = "|".join(map(re.escape, (value, quote(value, safe=""))))
            text = re.sub(rf"(?<!\w)(?:{either})(?!\w)", f"<{name}>", text)
    return text


def signed(*, secret: str, body: str) -> dict[str, Any]:
    """As OpsIQ sends an action call, by the published library."""
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    call_id = json.loads(body)["id"]
    headers = [
        ("Content-Type", "application/json"), ("webhook-id", call_id), ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", Webhook(secret).sign(call_id, now, body)), ("idempotency-key", call_id),
    ]  # fmt: skip
    return {"headers": headers, "body_base64": base64.b64encode(body.encode()).decode()}


def difference(wanted: Any, got: Any, where: str = "") -> str | None:
    """Where ``got`` lacks something of ``wanted``; objects may have more members, lists more elements. ``...`` is
    anything."""
    if wanted is ...:
        return None
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return f"{where}: an object was expected"
        missing = [name for name in wanted if name not in got]
        if missing:
            return f"{where}: {missing} missing"
        return next((each for name in wanted if (each := difference(wanted[name], got[name], f"{where}/{name}"))), None)
    if isinstance(wanted, list) and wanted:
        if not isinstance(got, list) or len(got) < len(wanted):
            return f"{where}: at least {len(wanted)} elements were expected"
        left = iter(got)  # others may stand between them
        missed = (one for one in wanted if not any(difference(one, each, where) is None for each in left))
        return next((f"{where}: {one!r} was expected, in this order" for one in missed), None)
    return None if wanted == got else f"{where}: {wanted!r} was expected"


def at(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
