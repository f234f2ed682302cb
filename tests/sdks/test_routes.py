"""Every signed route of the API has a call in the SDKs, or stands here with the reason why it has none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest

CASES = json.loads((Path(__file__).parents[1] / "vectors/requests.json").read_text(encoding="utf-8"))["cases"]
"""Which call becomes which request. Each SDK's own tests play every one of them, so a route here has a call in all."""
BY_REQUEST: Final = {
    r"GET /v1/history(/.*)?": "audits are read in the console, by `opsiq history`, or as a file that is streamed whole",
    r"\w+ /v1/keys(/.*)?": "a key that makes keys is an owner's, at the command line or in the console",
    r"\w+ /v1/connect(ions|ors/.*)": "an owner connects a platform once, with its credentials",
    r"\w+ /v1/mirrors(/sync)?": "kept records are looked after where connections are",
    r"POST /v1/imports/openapi": "drafts are decided about by an owner, with `opsiq import` or in the console",
    r"(GET|POST) /v1/contracts/(upstreams|.*/suspend)": "for `opsiq import --check`, which compares documents",
    r"\w+ /v1/(rules|instructions)(/.*)?": "automations are written and tried out in the console, or from files",
}
"""Routes that only ``request(method, path)`` reaches, and why."""
UNSIGNED: Final = ("/healthz", "/readyz", "/connectors/{name}/webhook")


@pytest.fixture(scope="module")
def routes(document: str) -> list[str]:
    paths = json.loads(document)["paths"]
    return [f"{verb.upper()} {path}" for path, each in paths.items() for verb in each if path not in UNSIGNED]


def has_a_call(route: str, routes: list[str]) -> bool:
    pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", route))
    literal = [each for each in routes if "{" not in each]
    sent = {f"{case['method']} {case['path']}" for case in CASES}
    return any(pattern.fullmatch(each) and (each == route or each not in literal) for each in sent)


def test_every_public_route_has_a_call_in_each_sdk_or_a_reason_why_not(routes: list[str]) -> None:
    excused = {each for each in routes if any(re.fullmatch(pattern, each) for pattern in BY_REQUEST)}
    without = {each for each in routes if not has_a_call(each, routes)}
    assert without == excused


def test_every_reason_is_of_a_route_that_is_there(routes: list[str]) -> None:
    for pattern in BY_REQUEST:
        assert any(re.fullmatch(pattern, each) for each in routes), pattern
