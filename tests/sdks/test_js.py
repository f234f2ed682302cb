"""The JavaScript SDK: its types against the OpenAPI document, and its own tests, in a copy of what is committed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from web.app import create_app

ROOT = Path(__file__).parents[2]
READ = ("sdks/js", "tests/vectors", "docs/reference")
"""What its tests read of the repository."""
MADE = shutil.ignore_patterns("node_modules", "dist", "coverage", "*.tgz")


def run(*command: str, cwd: Path, timeout_s: int) -> subprocess.CompletedProcess[str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    environment = {**mine, "SERVER_ROOT": str(ROOT), "SERVER_PYTHON": sys.executable}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout_s)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with everything installed that the lock file names."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{', '.join(missing)} missing: install Node.js 20 or newer")
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: install Node.js 20 or newer")
    folder = tmp_path_factory.mktemp("js")
    for each in READ:
        shutil.copytree(ROOT / each, folder / each, ignore=MADE)
    made = run("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", cwd=folder / "sdks/js", timeout_s=400)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder / "sdks/js"


@pytest.mark.timeout(500)
def test_its_types_are_those_of_the_openapi_document(copy: Path) -> None:
    document = create_app(None).openapi()  # type: ignore[arg-type]
    (copy / "openapi.json").write_text(json.dumps(document))
    checked = run("node", "scripts/generate.mjs", "openapi.json", "--check", cwd=copy, timeout_s=60)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.timeout(500)
def test_types_that_have_drifted_fail(copy: Path) -> None:
    document = create_app(None).openapi()  # type: ignore[arg-type]
    text = json.dumps(document).replace('"workspace": {"type": "string"', '"workspace": {"type": "integer"')
    assert text != json.dumps(document)
    (copy / "drifted.json").write_text(text)
    checked = run("node", "scripts/generate.mjs", "drifted.json", "--check", cwd=copy, timeout_s=60)
    (copy / "drifted.json").unlink()
    assert checked.returncode == 1
    assert "node scripts/generate.mjs" in checked.stderr


@pytest.mark.timeout(900)
def test_its_own_tests_pass(copy: Path) -> None:
    """Build, lint, vectors, frameworks, a real server, a stranger's project, documents, coverage: ``npm test``."""
    done = run("npm", "test", cwd=copy, timeout_s=840)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
    counts = {name: int(number) for name, number in re.findall(r"(?:#|ℹ) (pass|fail|skipped|todo) (\d+)", done.stdout)}
    assert counts["pass"] > 500
    assert counts["fail"] == counts["skipped"] == counts["todo"] == 0
