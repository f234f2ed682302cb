"""Action call receiver: verified with the published ``standardwebhooks`` library, run once, answered the same way for
every repeat."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from demo import changes
from demo.actions import act
from demo.database import REJECTED_KEPT, open_transaction
from demo.problem import Refused
from demo.work import Done


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    replayed: bool


def verify_call(secrets: Sequence[str], headers: Sequence[tuple[str, str]], body: bytes, action: str) -> dict[str, Any]:
    """Verifies a call and parses its JSON. Raises Refused 401 for the signature, 400 for the shape."""
    names = [name for name, _ in headers if name.startswith("webhook-")]
    if len(names) != len(set(names)):
        raise Refused(401, "invalid_signature", "A webhook header stands twice.")
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
            break
        except (WebhookVerificationError, ValueError):
            continue  # ValueError: the library lets malformed base64, UTF-8 and signature lists through as such
    else:
        raise Refused(401, "invalid_signature", "No signature fits, or the timestamp is more than five minutes off.")
    try:
        call = json.loads(body, parse_constant=_no_constant)
        json.dumps(call, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # also lone surrogates, which no database takes
        call = None
    if (
        not isinstance(call, dict)
        or not isinstance(call.get("params"), dict)
        or not isinstance(call.get("actor"), dict)
    ):
        raise Refused(400, "bad_call", "A call is a JSON object with action, actor, params and id.")
    if call.get("id") != dict(headers)["webhook-id"]:
        raise Refused(400, "bad_call", "The body's id is not the webhook-id.")
    if str(call.get("action")).rpartition(".")[2] != action:
        raise Refused(400, "bad_call", "The body's action is not the one of this address.")
    return call


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def run_once(connection: sqlite3.Connection, action: str, call: Mapping[str, Any], body: bytes, at: str) -> Answer:
    """Runs the call in one transaction with its record. A repeat of the id gets the first answer and does nothing; the
    same id with another body is refused (422). A refusal by the platform's rules is recorded and repeated just the
    same."""
    digest = hashlib.sha256(body).hexdigest()
    key = str(call["id"])
    with open_transaction(connection):
        before = connection.execute("SELECT * FROM calls WHERE webhook_id = ?", (key,)).fetchone()
        if before is not None:
            if before["body_digest"] != digest:
                raise Refused(422, "idempotency_key_reused", "This webhook-id came with another body before.")
            connection.execute("UPDATE calls SET times_received = times_received + 1 WHERE webhook_id = ?", (key,))
            return Answer(before["status"], before["answer"], replayed=True)
        connection.execute("SAVEPOINT effect")
        try:
            with changes.mark_cause(connection, key):
                done = act(connection, action, call["params"], at)
            status = 200
        except Refused as refused:
            connection.execute("ROLLBACK TO effect")
            done, status = Done(refused.as_json(), f"Refused: {refused.detail}"), refused.status
        answer = json.dumps(done.answer, ensure_ascii=False)
        connection.execute(
            "INSERT INTO calls (webhook_id, action, body_digest, actor, run_id, params, status, answer, effect, "
            "received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                str(call["action"]),
                digest,
                json.dumps(call["actor"], ensure_ascii=False),
                str(call.get("run_id", "")),
                json.dumps(call["params"], ensure_ascii=False),
                status,
                answer,
                done.effect,
                at,
            ),
        )
    return Answer(status, answer, replayed=False)


def reject(connection: sqlite3.Connection, action: str, why: str, at: str) -> None:
    """Records a call that failed verification. Only the newest are kept, so that a stranger can't fill the disk."""
    with open_transaction(connection):
        connection.execute("INSERT INTO rejected (action, why, at) VALUES (?, ?, ?)", (action[:60], why, at))
        connection.execute("DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - ?", (REJECTED_KEPT,))


def list_ledger(connection: sqlite3.Connection, limit: int = 200) -> dict[str, list[dict[str, Any]]]:
    """What was received and done, newest first, and what was not believed."""
    calls = [dict(row) for row in connection.execute("SELECT * FROM calls ORDER BY rowid DESC LIMIT ?", (limit,))]
    for call in calls:
        call.update({name: json.loads(call[name]) for name in ("actor", "params", "answer")})
    rejected = [dict(row) for row in connection.execute("SELECT * FROM rejected ORDER BY id DESC LIMIT ?", (limit,))]
    return {"items": calls, "rejected": rejected}
