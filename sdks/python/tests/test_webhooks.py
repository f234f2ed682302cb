"""What arrives is believed only if OpsIQ signed it, and everything else is one typed error."""

from __future__ import annotations

import base64
import json
from typing import Any, Optional

import pytest
from standardwebhooks import Webhook
from starlette.datastructures import Headers as Starlette
from werkzeug.datastructures import Headers as Werkzeug

import opsiq

from .conftest import named, vectors

VERIFY = vectors("verify.json")
GOOD = VERIFY["good"][0]
BODY = GOOD["body"].encode()
HEADERS = dict(GOOD["headers"])
SECRET = GOOD["secrets"][0]


def hooks(case: Optional[dict[str, Any]] = None, **more: Any) -> opsiq.Webhooks:
    case = case or GOOD
    return opsiq.Webhooks(
        case["secrets"],
        tolerance_s=case.get("tolerance_s", VERIFY["tolerance_s"]),
        clock=lambda: float(VERIFY["now"]),
        **more,
    )


def raw(case: dict[str, Any]) -> bytes:
    return case["body"].encode() if "body" in case else base64.b64decode(case["body_base64"])


@named(VERIFY["good"])
def test_a_good_message_is_let_in(case: dict[str, Any]) -> None:
    message = hooks(case).verify(raw(case), [tuple(each) for each in case["headers"]])
    assert (message.id, message.body) == (case["id"], raw(case))


@named(VERIFY["bad"])
def test_a_bad_message_is_one_typed_error_that_says_why(case: dict[str, Any]) -> None:
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        hooks(case).verify(raw(case), [tuple(each) for each in case["headers"]])
    assert refused.value.reason == case["reason"]
    for secret in case["secrets"]:
        assert secret[6:] not in str(refused.value)


@named([*VERIFY["secrets_refused"], {"name": "none", "secret": None}, {"name": "bytes", "secret": SECRET.encode()}])
def test_what_is_no_secret_is_refused_without_showing_it(case: dict[str, Any]) -> None:
    with pytest.raises(opsiq.ConfigurationError) as refused:
        opsiq.Webhooks([case["secret"]])
    assert (
        not case["secret"] or str(case["secret"])[6:].strip()[:8] not in str(refused.value) or len(case["secret"]) <= 6
    )


def test_no_secret_at_all_is_refused() -> None:
    with pytest.raises(opsiq.ConfigurationError, match="no secret"):
        opsiq.Webhooks([])


def test_one_secret_may_be_given_alone_and_is_never_shown() -> None:
    made = opsiq.Webhooks(SECRET, clock=lambda: float(VERIFY["now"]))
    assert made.verify(BODY, HEADERS).id == "evt_1"
    assert SECRET[6:] not in repr(made)


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS,
        {name.title(): value for name, value in HEADERS.items()},
        {"HTTP_" + name.upper().replace("-", "_"): value for name, value in HEADERS.items()},
        {name: [value] for name, value in HEADERS.items()},
        [(name.encode(), value.encode()) for name, value in HEADERS.items()],
        (pair for pair in list(HEADERS.items())),
    ],
    ids=["a mapping", "title case", "a WSGI environ", "lists of values", "pairs of bytes", "an iterator of pairs"],
)  # fmt: skip
def test_headers_come_in_the_shapes_frameworks_give(headers: Any) -> None:
    assert hooks().verify(BODY, headers).id == "evt_1"


@pytest.mark.parametrize("headers", [None, 7, "webhook-id: evt_1", [1, 2], [("a", "b", "c")]])
def test_headers_of_no_shape_are_the_typed_error_too(headers: Any) -> None:
    with pytest.raises(opsiq.WebhookVerificationError):
        hooks().verify(BODY, headers)


def test_a_doubled_header_in_a_list_of_values_is_refused() -> None:
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        hooks().verify(BODY, {**HEADERS, "webhook-id": ["evt_1", "evt_1"]})
    assert refused.value.reason == "duplicate_header"


@pytest.mark.parametrize("made", [lambda pairs: Starlette(raw=pairs), lambda pairs: Werkzeug([(a.decode(), b.decode()) for a, b in pairs])],  # noqa: E501
                         ids=["Starlette's", "Werkzeug's"])  # fmt: skip
def test_a_doubled_header_is_seen_in_what_frameworks_give(made: Any) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    assert hooks().verify(BODY, made(pairs)).id == "evt_1"
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        hooks().verify(BODY, made([*pairs, (b"webhook-id", b"evt_1")]))
    assert refused.value.reason == "duplicate_header"


@pytest.mark.parametrize("body", [json.loads(BODY), [1], None, 7], ids=["parsed", "a list", "nothing", "a number"])
def test_a_body_that_is_not_raw_is_refused_and_said_so(body: Any) -> None:
    with pytest.raises(opsiq.WebhookVerificationError, match="raw bytes") as refused:
        hooks().verify(body, HEADERS)
    assert refused.value.reason == "not_raw"


@pytest.mark.parametrize(
    "body", [bytearray(BODY), memoryview(BODY), BODY.decode()], ids=["a bytearray", "a view", "text"]
)
def test_other_forms_of_the_same_bytes_are_good_enough(body: Any) -> None:
    assert hooks().verify(body, HEADERS).body == BODY


def test_text_that_is_no_text_is_refused_like_any_other_body() -> None:
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        hooks().verify("\ud800", HEADERS)  # type: ignore[arg-type]
    assert refused.value.reason == "no_match"


def test_a_reserialised_body_says_what_to_do() -> None:
    with pytest.raises(opsiq.WebhookVerificationError, match="before any JSON parser") as refused:
        hooks().verify(json.dumps(json.loads(BODY)).encode(), HEADERS)
    assert refused.value.reason == "reserialised"


def test_a_replay_store_is_asked_after_the_signature_and_keeps_the_second_out() -> None:
    seen: set[str] = set()

    def store(key: str) -> bool:
        known = key in seen
        seen.add(key)
        return known

    made = hooks(seen=store)
    with pytest.raises(opsiq.WebhookVerificationError):
        made.verify(BODY + b"x", HEADERS)
    assert seen == set()
    assert made.verify(BODY, HEADERS).id == "evt_1"
    assert seen == {f"evt_1.{VERIFY['now']}"}
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        made.verify(BODY, HEADERS)
    assert refused.value.reason == "replayed"


def signed(body: str, msg_id: str = "evt_1", **more: str) -> tuple[bytes, dict[str, str]]:
    """By the published library."""
    from datetime import datetime, timezone

    signature = Webhook(SECRET).sign(msg_id, datetime.fromtimestamp(VERIFY["now"], timezone.utc), body)
    return body.encode(), {
        "webhook-id": msg_id, "webhook-timestamp": str(VERIFY["now"]), "webhook-signature": signature,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip


def test_an_event_is_read() -> None:
    event = hooks().event(*signed(GOOD["body"], opsiq_delivery_id="dlv_1", opsiq_attempt="3"))
    assert event == opsiq.Event(
        "evt_1", "invoice.paid", "2023-11-14T22:13:20.000000Z", {"amount": 4900, "currency": "EUR"}, "dlv_1", 3
    )
    assert hooks().event(*signed(GOOD["body"], opsiq_attempt="many")).attempt == 1


def test_an_action_call_is_read() -> None:
    case = next(each for each in VERIFY["good"] if each["id"] == "act_1")
    call = hooks(case).action_call(raw(case), case["headers"])
    assert (call.id, call.action, call.params) == ("act_1", "saas.refund_invoice", {"invoice_id": 1042})
    assert call.actor == {"id": "mem_1", "name": "Zoë", "role": "owner"}
    assert (call.contract_version, call.run_id, call.workspace) == (1, "run_1", "ws_1")


@pytest.mark.parametrize(
    "body",
    ["", "[]", "nope", "{}", '{"id":"evt_1","type":"a.b"}', '{"id":"evt_2","type":"a.b","timestamp":"t","data":{}}',
     '{"id":"evt_1","type":1,"timestamp":"t","data":{}}', "[" * 100_000],
)  # fmt: skip
def test_what_is_signed_but_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(opsiq.WebhookVerificationError) as refused:
        hooks().event(*signed(body))
    assert refused.value.reason == "not_expected"
