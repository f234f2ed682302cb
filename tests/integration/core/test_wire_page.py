"""What docs/reference/wire.md tells a stranger to type is what the server lets in."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from core.crypto import request_signature

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "wire.md").read_text(encoding="utf-8")
SECRET = "sk_test_q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"


def test_the_page_gives_the_check_value_the_code_gives() -> None:
    text = request_signature.make_string_to_sign(
        ts=1700000000,
        nonce="bm9uY2Vub25jZW5vbmNlMQ",
        key="pk_test_1",
        method="POST",
        path="/v1/events/fire",
        idempotency_key="key-1",
        body=b'{"event":"order.created","id":"ord_1"}',
    )
    assert f"`{request_signature.sign('A' * 32, text)}`" in PAGE


def test_the_page_says_the_codes_windows() -> None:
    assert f"may be {request_signature.WINDOW_S} s from the server's clock" in PAGE
    assert f"kept for {request_signature.NONCE_S} s" in PAGE


@pytest.mark.skipif(
    shutil.which("openssl") is None or shutil.which("bash") is None, reason="openssl or bash is not installed"
)
def test_the_curl_recipe_signs_a_request_that_is_let_in() -> None:
    recipe = re.search(r"(?m)^    body=.*(?:\n    .*)*", PAGE)
    assert recipe is not None
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + re.sub(r"(?m)^    ", "", recipe[0])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={
            "PATH": "/usr/bin:/bin",
            "OPSIQ_KEY": "pk_test_1",
            "OPSIQ_SECRET": SECRET,
            "OPSIQ_URL": "http://127.0.0.1:8080",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    sent = done.stdout.split("\0")[:-1]
    headers = dict(each.split(": ", 1) for before, each in itertools.pairwise(sent) if before == "-H")
    request_signature.check(
        request_signature.parse_header([headers["Authorization"]]),
        [SECRET],
        method="POST",
        path="/v1/events/fire",
        idempotency_key=headers["Idempotency-Key"],
        body=sent[sent.index("--data-raw") + 1].encode("utf-8"),
    )
