"""Forms of the console that no browser sends: one request of the largest size, before anybody has signed in."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.acceptance.installation import Installation

MEGABYTE = 1_000_000
RESPONSIVE_S = 10.0
"""Generous: the machine may be busy. What is proved against here holds a server for most of a minute."""


def form(world: Installation, charset: str, text: bytes) -> httpx.Response:
    """A form of one field, in the encoding that it names."""
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + text + b"\r\n--x--\r\n"
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    return httpx.post(f"{world.url}/sign-in", content=body, headers={"Content-Type": kind}, timeout=120.0)


def test_a_form_in_an_encoding_that_takes_for_ever_to_read_is_refused_at_once(world: Installation) -> None:
    began = time.monotonic()
    assert form(world, "punycode", b"a" * MEGABYTE).status_code == 415
    assert time.monotonic() - began < RESPONSIVE_S


@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "utf-16", '"punycode"', "PUNYCODE", "x-none"])
def test_a_form_is_read_as_utf_8_or_not_at_all(world: Installation, charset: str) -> None:
    assert form(world, charset, b"\\ud800").status_code == 415
    assert form(world, "UTF-8", b"someone").status_code == 403  # read, and without the page's secret
