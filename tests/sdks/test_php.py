"""The PHP SDK: its own tests, its types against the OpenAPI document, and its use in a stranger's project against real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from web.app import create_app

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdks/php"
LIBRARIES = ("GuzzleHttp", "Symfony/Component/HttpFoundation", "Illuminate/Http", "Illuminate/Routing")
"""What its tests use besides, as the system's packages have it (``make setup-php``)."""


@pytest.fixture(scope="session", autouse=True)
def php_is_here() -> None:
    missing = [name for name in ("php", "phpunit", "composer") if shutil.which(name) is None]
    missing += [name for name in LIBRARIES if not Path("/usr/share/php", name, "autoload.php").exists()]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{', '.join(missing)} missing: make setup-php")
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: make setup-php")


def run(*command: str, cwd: Path = SDK, stdin: str = "", **environment: str) -> str:
    """Its output; fails with it unless it ends well."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin,
        env={**mine, "no_proxy": "*", **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{command[0]} answered {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_file_parses_and_is_strict() -> None:
    files = [each for each in SDK.rglob("*.php") if "vendor" not in each.parts]
    assert len(files) > 80
    for each in files:
        assert "declare(strict_types=1);" in each.read_text(encoding="utf-8"), each
    said = run("php", "-l", *map(str, files))
    assert said.count("No syntax errors") == len(files)


def test_its_types_are_those_of_the_openapi_document() -> None:
    document = create_app(None).openapi()  # type: ignore[arg-type]
    run("php", "scripts/types.php", "--check", stdin=json.dumps(document))


def test_types_that_have_drifted_are_named() -> None:
    document: Any = json.loads(json.dumps(create_app(None).openapi()))  # type: ignore[arg-type]
    document["components"]["schemas"]["RunView"]["properties"]["text"] = {"type": "integer"}
    with pytest.raises(AssertionError, match=r"Run\.php"):
        run("php", "scripts/types.php", "--check", stdin=json.dumps(document))


@pytest.mark.timeout(300)
def test_its_own_tests_pass() -> None:
    said = run("phpunit", "--do-not-cache-result")
    found = re.search(r"OK \((\d+) tests", said)
    assert found, said
    assert int(found[1]) > 400
