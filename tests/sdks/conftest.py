"""What several of these files need, made once however many processes run them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.conftest import world
from web.app import create_app

__all__ = ["document", "js", "world"]

ROOT = Path(__file__).parents[2]
READ = ("sdks/js", "tests/vectors", "docs/reference", "registry/events")
"""What the JavaScript SDK's tests read of the repository."""
MADE = shutil.ignore_patterns("node_modules", "dist", "coverage", "*.tgz")


@dataclass(frozen=True)
class Js:
    """A copy of the JavaScript SDK, installed and built."""

    folder: Path

    def run(self, *command: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
        environment = {**mine, "SERVER_ROOT": str(ROOT), "SERVER_PYTHON": sys.executable}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=timeout_s
        )


@pytest.fixture(scope="session")
def document() -> str:
    """The OpenAPI document, as JSON."""
    return json.dumps(create_app(None).openapi())  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def js(tmp_path_factory: pytest.TempPathFactory) -> Js:
    """Of several processes that want it one makes it, the others wait."""
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"{', '.join(missing)} missing: make setup-js")
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: make setup-js")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "js", shared / "js.done"
    made = Js(folder / "sdks/js")
    with (shared / "js.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            for each in READ:
                shutil.copytree(ROOT / each, folder / each, ignore=MADE)
            installed, wanted = ROOT / "sdks/js/node_modules", ROOT / "sdks/js/package-lock.json"
            if (mark := installed / ".package-lock.json").exists() and mark.stat().st_mtime > wanted.stat().st_mtime:
                (made.folder / "node_modules").symlink_to(installed)
            else:
                ready = made.run("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", timeout_s=400)
                assert ready.returncode == 0, ready.stdout + ready.stderr
            built = made.run("node", "scripts/build.mjs", timeout_s=240)
            assert built.returncode == 0, built.stdout + built.stderr
            done.touch()
    return made
