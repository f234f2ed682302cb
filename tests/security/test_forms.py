"""Forms of the console that no browser sends, each one request of the largest size."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.acceptance.installation import PASSWORD, Installation

MEGABYTE = 1_000_000
RESPONSIVE_S = 10.0
"""Generous: the machine may be busy. What is proved against here holds a server for most of a minute."""


def form(http: httpx.Client, path: str, charset: str, text: bytes) -> httpx.Response:
    """A form of one field, in the encoding that it names."""
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + text + b"\r\n--x--\r\n"
    return http.post(
        path, content=body, headers={"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    )


@pytest.fixture
def http(world: Installation) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=world.url, timeout=120) as made:
        yield made


def sign_in(http: httpx.Client) -> None:
    csrf = http.get("/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
    fields = {"csrf": csrf, "email": "sara@test.test", "password": PASSWORD}
    assert http.post("/sign-in", data=fields).status_code == 303


@pytest.mark.parametrize("separator", [b"&", b";"])
def test_nor_has_a_member_a_megabyte_of_separators_read(http: httpx.Client, separator: bytes) -> None:
    sign_in(http)
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert http.post("/runs", content=separator * MEGABYTE, headers=kind).status_code == 400


def test_a_form_in_an_encoding_that_takes_for_ever_to_read_is_refused_at_once(http: httpx.Client) -> None:
    sign_in(http)
    began = time.monotonic()
    assert form(http, "/runs", "punycode", b"a" * MEGABYTE).status_code == 415
    assert time.monotonic() - began < RESPONSIVE_S


@pytest.mark.parametrize(
    "charset", ["punycode", "undefined", "unicode_escape", "utf-16", '"punycode"', "PUNYCODE", "x"]
)
def test_a_form_is_read_as_utf_8_or_not_at_all(http: httpx.Client, charset: str) -> None:
    assert form(http, "/sign-in", charset, b"\\ud800").status_code == 415
    assert form(http, "/sign-in", "UTF-8", b"someone").status_code == 403  # read, and without the page's secret


@pytest.mark.parametrize("path", ["/sign-in", "/join", "/set-up", "/theme"])
def test_nobody_has_a_megabyte_of_fields_read_before_they_have_signed_in(http: httpx.Client, path: str) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(path, content=b"&" * MEGABYTE, headers=kind).status_code == 413
    in_pieces = (b"&" * 10_000 for _ in range(100))
    assert http.post(path, content=in_pieces, headers=kind).status_code == 413


@pytest.mark.parametrize("address", ["http://[", "//[x]/runs", "http://x]/", "\x7f://"])
def test_an_address_that_can_not_be_read_breaks_nothing(http: httpx.Client, address: str) -> None:
    assert http.post("/sign-in", data={"a": "b"}, headers={"Origin": address}).status_code == 403
    there = {"HX-Request": "true", "HX-Current-URL": address}
    assert http.get("/runs", headers=there).headers["hx-redirect"] == "/sign-in"
    assert http.post("/runs/run_1/reject", data={"a": "b"}, headers=there).headers["hx-redirect"] == "/sign-in?ended=1"
    sign_in(http)
    for page in ("/runs", "/approvals", "/account", "/"):
        assert http.get(page, headers=there).status_code == 200
