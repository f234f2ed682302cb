"""The guide to scale says what the code does: every setting, command, option and extra in it exists."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from cli.main import make_parser
from core import env_variable
from core.settings import Settings

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/guide/scale.md").read_text()


def test_every_setting_exists() -> None:
    known = {env_variable.get_variable(each.metadata).name for each in fields(Settings)}
    assert set(re.findall(r"OPSIQ_[A-Z_]+", GUIDE)) <= known


def test_every_command_is_one_and_takes_its_options() -> None:
    lines = re.findall(r"^opsiq (.+?)(?: +#.*)?$", GUIDE, re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        make_parser().parse_args(line.split())


def test_every_extra_can_be_installed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {name for group in re.findall(r"opsiq-server\[([a-z,]+)\]", GUIDE) for name in group.split(",")}
    assert named
    assert named <= set(extras)
