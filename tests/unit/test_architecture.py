"""docs/architecture.md shows the layers that import-linter holds, and names files that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs/architecture.md").read_text()
LINTER: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def drawn_layers() -> list[list[str]]:
    drawing = PAGE.split("```layers\n")[1].split("```")[0]
    return [re.split(r"\s{2,}", line)[0].split(" : ") for line in drawing.splitlines()]


def test_the_drawn_layers_are_those_that_are_held() -> None:
    held = next(each for each in LINTER["contracts"] if each["type"] == "layers")
    assert drawn_layers() == [layer.split(" : ") for layer in held["layers"]]


def test_every_package_is_drawn_or_named_beside_the_layers() -> None:
    drawn = {room for layer in drawn_layers() for room in layer}
    beside = {room for room in LINTER["root_packages"] if f"`{room}` (" in PAGE}
    assert drawn | beside == set(LINTER["root_packages"])
    assert not drawn & beside


def test_packages_are_as_many_as_the_page_says() -> None:
    assert PAGE.split("\n\n")[1].startswith("Fourteen packages")
    assert len(LINTER["root_packages"]) == 14


ROOMS: Final = "|".join(LINTER["root_packages"])


@pytest.mark.parametrize("path", sorted(set(re.findall(rf"(?<![\w/])(?:{ROOMS})/[\w/.]+", PAGE))))
def test_every_path_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_step_of_the_pipeline_is_drawn_in_its_order() -> None:
    order = re.findall(r"^ ([A-Z]\w+) ─", PAGE, re.MULTILINE)
    assert order == ["Request", "Resolution", "Plan", "Held", "Confirmed", "Outcome"]
