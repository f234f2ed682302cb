"""The workflows: well-formed, with no secret, pinned to commits, and with no more rights than they need."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
WORKFLOWS: Final = sorted((ROOT / ".github/workflows").glob("*.yml"))
PUBLISH: Final = ROOT / ".github/workflows/publish.yml"


def jobs(workflow: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(workflow.read_text("utf-8"))
    made: dict[str, Any] = read["jobs"]
    return made


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_a_workflow_is_of_the_published_form(workflow: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_no_workflow_knows_a_secret(workflow: Path) -> None:
    assert not re.search(r"secrets\s*[.\[]|password:|_TOKEN|api[-_]?key", workflow.read_text("utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_actions_are_pinned_to_a_commit_whose_version_is_said(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)$", workflow.read_text("utf-8"), re.MULTILINE)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", each)] == []


def test_rights_are_given_job_by_job_and_the_identity_only_to_what_publishes() -> None:
    assert yaml.safe_load(PUBLISH.read_text("utf-8"))["permissions"] == {}
    rights = {name: job["permissions"] for name, job in jobs(PUBLISH).items()}
    assert rights["build"] == {"contents": "read"}, "what runs the repository's own code can publish nothing"
    assert {name for name, given in rights.items() if given.get("id-token") == "write"} == {
        "server",
        "python-sdk",
        "connector",
        "javascript-sdk",
    }
    assert all(job["needs"] == "build" for name, job in jobs(PUBLISH).items() if name != "build")


def test_all_packages_have_one_version() -> None:
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version
    command = [sys.executable, str(ROOT / "scripts/release-version")]
    assert subprocess.run([*command, f"v{version[1]}"], timeout=60, check=False).returncode == 0
    wrong = subprocess.run([*command, "v99.0.0"], capture_output=True, text=True, timeout=60, check=False)
    assert (wrong.returncode, wrong.stderr.count("the tag v99.0.0")) == (1, 6)
