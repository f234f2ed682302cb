"""The JavaScript SDK: its types against the OpenAPI document, lint, and its own tests but for the stranger's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sdks.conftest import Js

pytestmark = pytest.mark.timeout(700)


def test_its_types_are_those_of_the_openapi_document(js: Js, document: str, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(document)
    checked = js.run("node", "scripts/generate.mjs", str(tmp_path / "openapi.json"), "--check", timeout_s=120)
    assert checked.returncode == 0, checked.stderr


def test_types_that_have_drifted_fail(js: Js, document: str, tmp_path: Path) -> None:
    text = document.replace('"workspace": {"type": "string"', '"workspace": {"type": "integer"')
    assert text != document
    (tmp_path / "drifted.json").write_text(text)
    checked = js.run("node", "scripts/generate.mjs", str(tmp_path / "drifted.json"), "--check", timeout_s=120)
    assert checked.returncode == 1
    assert "node scripts/generate.mjs" in checked.stderr


def test_lint_finds_nothing(js: Js) -> None:
    done = js.run("npm", "run", "lint", timeout_s=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_own_tests_pass_and_reach_nearly_every_line(js: Js) -> None:
    done = js.run("npm", "run", "test:code", timeout_s=600)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
    passed(done.stdout, at_least=800)


def passed(said: str, *, at_least: int) -> None:
    counts = {name: int(number) for name, number in re.findall(r"(?:#|ℹ) (pass|fail|skipped|todo) (\d+)", said)}
    assert counts["pass"] >= at_least
    assert counts["fail"] == counts["skipped"] == counts["todo"] == 0
