"""One scenario through all three SDKs, against a real server: each gets through it, and their requests are alike."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from tests.acceptance.installation import Installation
from tests.sdks.conftest import Js
from tests.sdks.player import ROOT, SCENARIO, Driver, Played, Player, Receiver, name_what_differs, receiver
from tests.sdks.recorder import recording

SDKS = ("python", "js", "php")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    made, server = receiver()
    yield made
    server.shutdown()
    server.server_close()


def needed(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"{name} is not installed: make setup-js setup-php"
        )
    return str(found)


def command(name: str, request: pytest.FixtureRequest) -> list[str]:
    """How the SDK's driver is started."""
    if name == "python":
        return [sys.executable, str(ROOT / "sdks/python/conformance.py")]
    if name == "php":
        return [needed("php"), str(ROOT / "sdks/php/conformance.php")]
    js: Js = request.getfixturevalue("js")
    return [needed("node"), str(js.folder / "conformance.mjs")]


@pytest.fixture(scope="module")
def played() -> dict[str, Played]:
    """What each SDK that has played sent."""
    return {}


@pytest.mark.parametrize("name", SDKS)
def test_an_sdk_gets_through_the_scenario(
    name: str, world: Installation, hooks: Receiver, played: dict[str, Played], request: pytest.FixtureRequest
) -> None:
    mine = {
        key: value for key, value in os.environ.items() if not key.startswith("OPSIQ_") and "proxy" not in key.lower()
    }
    driver = Driver(command(name, request), {**mine, "PYTHONPATH": str(ROOT / "sdks/python/src")})
    try:
        with recording(world.clients["olivia"].url) as recorder:
            played[name] = Player(name, driver, world, recorder, hooks).play()
    finally:
        driver.close()
    assert hooks.of("redirected").empty()
    assert hooks.of("followed").empty()


def test_all_of_them_sent_the_same(played: dict[str, Played]) -> None:
    assert played, "nobody has played"
    first, *others = played.items()
    assert sum(map(len, first[1].sent.values())) > 60
    for name, other in others:
        for step in SCENARIO:
            assert other.sent[step["name"]] == first[1].sent[step["name"]], (
                f"{name} differs from {first[0]} at {step['name']!r}"
            )


def test_a_choice_within_an_identifier_is_left_alone() -> None:
    run = "run_01M8S49C454BNGY99TJC6Q4ZV7"
    values = {"choice": "Q4Z", "receiver": "http://127.0.0.1:8/a"}
    assert name_what_differs(f'/v1/runs/{run}?choice=Q4Z&to=http%3A%2F%2F127.0.0.1%3A8%2Fa "Q4Z"', values, {}) == (
        '/v1/runs/<run>?choice=<choice>&to=<receiver> "<choice>"'
    )
