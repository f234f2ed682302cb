"""What OpsIQ sends is signed as Standard Webhooks v1, exactly (docs/reference/wire.md §2)."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from core import webhook_signature
from core.errors import BadSetting, Unauthenticated

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "webhook.json").read_text(encoding="utf-8")
)
SECRET = VECTORS["bad"]["secrets"][0]
NOW = 1_700_000_000
IDS = st.from_regex(r"(evt|act)_[0-9A-Z]{1,26}", fullmatch=True)


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def headers(msg_id: str, ts: int, signature: str) -> dict[str, str]:
    return {"webhook-id": msg_id, "webhook-timestamp": str(ts), "webhook-signature": signature}


@named(VECTORS["good"])
def test_the_signature_is_the_one_openssl_made(case: dict[str, Any]) -> None:
    body = case["body"].encode("utf-8")
    assert webhook_signature.sign(case["secrets"], case["id"], case["timestamp"], body) == case["signature"]


@named(VECTORS["good"])
def test_a_good_webhook_verifies_with_each_of_its_secrets(case: dict[str, Any]) -> None:
    for secret in case["secrets"]:
        sent = headers(case["id"], case["timestamp"], case["signature"])
        body = case["body"].encode("utf-8")
        assert webhook_signature.verify([secret], sent, body, now=case["timestamp"]) == case["id"]


@named(VECTORS["bad"]["cases"])
def test_a_bad_webhook_is_one_typed_error(case: dict[str, Any]) -> None:
    bad = VECTORS["bad"]
    with pytest.raises(Unauthenticated):
        webhook_signature.verify(bad["secrets"], case["headers"], bad["body"].encode("utf-8"), now=bad["now"])


@named(VECTORS["bad"]["cases"])
def test_the_bad_ones_are_bad_for_one_reason_only(case: dict[str, Any]) -> None:
    """Guards the vectors themselves: with the good headers in place of the bad ones, the same message verifies."""
    bad = VECTORS["bad"]
    body = bad["body"].encode("utf-8")
    good = headers("evt_1", NOW, webhook_signature.sign([SECRET], "evt_1", NOW, body))
    assert case["headers"] != good
    assert webhook_signature.verify(bad["secrets"], good, body, now=NOW) == "evt_1"


@given(msg_id=IDS, body=st.text())
def test_the_published_library_verifies_ours(msg_id: str, body: str) -> None:
    secret, ts = webhook_signature.make_secret(), int(datetime.now(UTC).timestamp())
    raw = body.encode("utf-8", "replace")
    signature = webhook_signature.sign([webhook_signature.make_secret(), secret], msg_id, ts, raw)
    Webhook(secret).verify(raw, headers(msg_id, ts, signature), json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(raw + b" ", headers(msg_id, ts, signature), json_parse=False)


@given(msg_id=IDS, body=st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_we_verify_what_the_published_library_signs(msg_id: str, body: bytes) -> None:
    secret = webhook_signature.make_secret()
    signature = Webhook(secret).sign(msg_id, datetime.fromtimestamp(NOW, UTC), body.decode("utf-8"))
    assert webhook_signature.verify([secret], headers(msg_id, NOW, signature), body, now=NOW) == msg_id


def test_header_names_are_caseless_and_other_headers_do_not_matter() -> None:
    signature = webhook_signature.sign([SECRET], "evt_1", NOW, b"{}")
    sent = [
        ("Webhook-Id", "evt_1"), ("WEBHOOK-TIMESTAMP", str(NOW)), ("Webhook-Signature", signature),
        ("x-trace", "a"), ("x-trace", "b"),
    ]  # fmt: skip
    assert webhook_signature.verify([SECRET], sent, b"{}", now=NOW) == "evt_1"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_doubled_header_is_refused(name: str) -> None:
    sent = headers("evt_1", NOW, webhook_signature.sign([SECRET], "evt_1", NOW, b"{}"))
    with pytest.raises(Unauthenticated, match="twice"):
        webhook_signature.verify([SECRET], [*sent.items(), (name.title(), sent[name])], b"{}", now=NOW)


def test_a_body_that_is_not_utf8_is_signed_and_verified_as_bytes() -> None:
    signature = webhook_signature.sign([SECRET], "evt_1", NOW, b"\xff\x00")
    assert webhook_signature.verify([SECRET], headers("evt_1", NOW, signature), b"\xff\x00", now=NOW) == "evt_1"
    with pytest.raises(Unauthenticated):
        webhook_signature.verify([SECRET], headers("evt_1", NOW, signature), b"\xfe\x00", now=NOW)


@pytest.mark.parametrize("msg_id", ["", "a.b", "a b", "a\nb", "é", "x" * 256])
def test_an_id_that_would_blur_what_is_signed_is_not_signed(msg_id: str) -> None:
    with pytest.raises(ValueError, match="webhook id"):
        webhook_signature.sign([SECRET], msg_id, NOW, b"")


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!!!!", "whsec_é", "c2VjcmV0LXNlY3JldC1zZWNyZXQhIQ==", "whsec_AAAA"]
)
def test_a_malformed_secret_is_named_as_a_setting(secret: str) -> None:
    with pytest.raises(BadSetting, match="whsec_"):
        webhook_signature.sign([secret], "evt_1", NOW, b"")


def test_no_secret_signs_nothing_and_verifies_nothing() -> None:
    with pytest.raises(BadSetting):
        webhook_signature.sign([], "evt_1", NOW, b"")
    with pytest.raises(Unauthenticated):
        webhook_signature.verify([], headers("evt_1", NOW, "v1,AAAA"), b"", now=NOW)


@given(
    sent=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x"]), st.text(max_size=60)
    ),
    body=st.binary(max_size=40),
)
def test_nothing_a_sender_does_crashes_the_check(sent: dict[str, str], body: bytes) -> None:
    with pytest.raises(Unauthenticated):
        webhook_signature.verify([SECRET], sent, body, now=NOW)


def test_a_long_body_is_signed_once_however_many_signatures_are_said_to_be_its(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a stranger's head of signatures keeps the server busy."""
    secret, body = webhook_signature.make_secret(), b"x" * 2_000
    theirs = f"{'v1,bm8= ' * 2_000}{webhook_signature.sign([secret], 'msg_1', 1, body)}"
    signed: list[bytes] = []
    sign = webhook_signature._one

    def count(keyed: hmac.HMAC, message: bytes) -> str:
        signed.append(message)
        return sign(keyed, message)

    monkeypatch.setattr(webhook_signature, "_one", count)
    assert webhook_signature.verify([secret], headers("msg_1", 1, theirs), body, now=1) == "msg_1"
    assert len(signed) == 1
