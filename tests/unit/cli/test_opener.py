"""The system's certificates are read where something goes by https, and once."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest

from cli import opener

CLOSED = "127.0.0.1:1"
"""Nobody listens there."""


def test_the_systems_certificates_are_read_for_https_alone_and_once_a_process() -> None:
    opener._make_context.cache_clear()
    openers = [opener.find_opener(), opener.make_opener(urllib.request.HTTPCookieProcessor(CookieJar()))]
    read = []
    for scheme in ("http", "https"):
        for each in openers:
            with pytest.raises(urllib.error.URLError):
                each.open(f"{scheme}://{CLOSED}/", timeout=5)
            read.append(opener._make_context.cache_info().misses)
    assert read == [0, 0, 1, 1]
