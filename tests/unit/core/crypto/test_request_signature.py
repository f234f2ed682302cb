"""Requests to OpsIQ are signed in exactly one way (docs/reference/wire.md §1)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import request_signature
from core.errors import ClockSkew, Unauthenticated

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "opsiq1.json").read_text(encoding="utf-8")
)
FIRST = VECTORS["good"][0]
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def request_of(case: dict[str, Any]) -> dict[str, Any]:
    fields = {name: case[name] for name in ("method", "path", "query", "idempotency_key")}
    return fields | {"body": case["body"].encode("utf-8")}


@named(VECTORS["good"])
def test_the_string_to_sign_is_the_one_openssl_signed(case: dict[str, Any]) -> None:
    made = request_signature.make_string_to_sign(
        ts=case["ts"], nonce=case["nonce"], key=case["key"], **request_of(case)
    )
    assert made == case["string_to_sign"]


@named(VECTORS["good"])
def test_the_header_is_the_one_openssl_made(case: dict[str, Any]) -> None:
    made = request_signature.make_header(
        case["secret"], ts=case["ts"], nonce=case["nonce"], key=case["key"], **request_of(case)
    )
    assert made == case["authorization"]


@named(VECTORS["good"])
def test_a_good_request_is_let_in(case: dict[str, Any]) -> None:
    signed = request_signature.parse_header([case["authorization"]])
    assert (signed.key, signed.ts, signed.nonce) == (case["key"], case["ts"], case["nonce"])
    request_signature.check(signed, [case["secret"]], **request_of(case))


@named(VECTORS["altered"])
def test_a_request_changed_after_signing_is_refused(case: dict[str, Any]) -> None:
    sent = FIRST | case["change"]
    with pytest.raises(Unauthenticated):
        request_signature.check(
            request_signature.parse_header([FIRST["authorization"]]), [sent["secret"]], **request_of(sent)
        )


@named(VECTORS["refused"])
def test_a_header_written_another_way_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        request_signature.parse_header([case["authorization"]])


def test_either_secret_of_a_rotating_key_is_good() -> None:
    signed = request_signature.parse_header([FIRST["authorization"]])
    request_signature.check(signed, ["sk_test_new", FIRST["secret"]], **request_of(FIRST))
    request_signature.check(signed, [FIRST["secret"], "sk_test_new"], **request_of(FIRST))


def test_an_unknown_key_is_refused_even_where_the_empty_secret_would_fit() -> None:
    header = request_signature.make_header("", ts=1, nonce="n" * 22, key="pk_test_1", method="GET", path="/v1/tickets")
    with pytest.raises(Unauthenticated):
        request_signature.check(request_signature.parse_header([header]), [], method="GET", path="/v1/tickets")


def test_all_refusals_say_the_same_and_keep_the_reason_for_the_log() -> None:
    caught = []
    for values, secrets in (
        ([], []),
        (["x"], []),
        ([FIRST["authorization"]], []),
        ([FIRST["authorization"]], ["other"]),
    ):
        with pytest.raises(Unauthenticated) as refused:
            request_signature.check(request_signature.parse_header(values), secrets, **request_of(FIRST))
        caught.append(refused.value)
    assert len({each.detail for each in caught}) == 1
    assert len({str(each.__cause__) for each in caught}) == 4


@pytest.mark.parametrize("values", [[], [FIRST["authorization"]] * 2])
def test_there_is_exactly_one_authorization_header(values: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        request_signature.parse_header(values)


def test_a_doubled_idempotency_key_is_refused() -> None:
    assert (request_signature.get_single([]), request_signature.get_single(["key-1"])) == ("", "key-1")
    with pytest.raises(Unauthenticated):
        request_signature.get_single(["key-1", "key-1"])


def test_an_endless_header_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unauthenticated):
        request_signature.parse_header(
            [FIRST["authorization"].replace("pk_test_1", "pk_" + "a" * 90 + "a" * 1_000_000)]
        )


@pytest.mark.parametrize("field", ["path", "query", "idempotency_key"])
@pytest.mark.parametrize("smuggled", ["a\nb", "a\rb", "a\x00b", "é", "a\u2028b", "\x7f"])
def test_a_line_break_or_foreign_character_in_a_line_is_refused(field: str, smuggled: str) -> None:
    with pytest.raises(Unauthenticated):
        request_signature.make_string_to_sign(
            ts=1, nonce="n", key="pk_1", method="GET", **({"path": "/"} | {field: smuggled})
        )


@pytest.mark.parametrize("method", ["get", "", "GET ", "GE\nT", "G" * 17])
def test_a_method_is_upper_case_letters(method: str) -> None:
    with pytest.raises(Unauthenticated):
        request_signature.make_string_to_sign(ts=1, nonce="n", key="pk_1", method=method, path="/")


@pytest.mark.parametrize("now", [1_700_000_000 - 300, 1_700_000_000, 1_700_000_000 + 300])
def test_a_clock_up_to_five_minutes_off_is_good_enough(now: int) -> None:
    request_signature.check_window(1_700_000_000, now)


@pytest.mark.parametrize(("now", "word"), [(1_700_000_000 - 301, "future"), (1_700_000_000 + 301, "ago")])
def test_a_clock_further_off_is_told_the_servers_time(now: int, word: str) -> None:
    with pytest.raises(ClockSkew, match=word) as refused:
        request_signature.check_window(1_700_000_000, now)
    assert refused.value.extra == {"server_time": now}


def test_a_nonce_is_fresh_and_fits_the_header() -> None:
    nonces = {request_signature.make_nonce() for _ in range(100)}
    assert len(nonces) == 100
    for nonce in nonces:
        header = request_signature.make_header("s", ts=1, nonce=nonce, key="pk_test_1", method="GET", path="/")
        assert request_signature.parse_header([header]).nonce == nonce


@given(st.text(max_size=400))
def test_no_text_crashes_the_header_reader(text: str) -> None:
    with pytest.raises(Unauthenticated):
        request_signature.parse_header([text])


@given(
    path=VISIBLE,
    query=VISIBLE,
    key=VISIBLE,
    body=st.binary(max_size=64),
    secret=st.text(min_size=1, max_size=40).filter(str.isprintable),
)
def test_what_is_signed_verifies_and_moving_a_character_between_lines_does_not(
    path: str, query: str, key: str, body: bytes, secret: str
) -> None:
    sent: dict[str, Any] = {"method": "POST", "path": "/" + path, "query": query, "idempotency_key": key, "body": body}
    signed = request_signature.parse_header(
        [request_signature.make_header(secret, ts=7, nonce="n" * 22, key="pk_1", **sent)]
    )
    request_signature.check(signed, [secret], **sent)
    moved = sent | {"path": sent["path"] + "x", "query": query}
    for other in (moved, sent | {"path": "/", "query": path + query + "?"}, sent | {"body": body + b" "}):
        with pytest.raises(Unauthenticated):
            request_signature.check(signed, [secret], **other)
    with pytest.raises(Unauthenticated):
        request_signature.check(replace(signed, ts=8), [secret], **sent)
