"""The README says no figure that its pages don't."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TABLE: Final = (ROOT / "README.md").read_text("utf-8").partition("## How it compares")[2].partition("\n## ")[0]
PAGES: Final = "\n".join(
    (ROOT / page).read_text("utf-8") for page in ("docs/reference/quality.md", "docs/guide/scale.md")
)
FIGURE: Final = re.compile(r"(?<![\w.])\d[\d.,]*\d|(?<![\w.])\d(?![\w.])")


def figures(text: str) -> list[str]:
    return FIGURE.findall(re.sub(r"\]\([^)]*\)", "", text))


def test_there_is_a_table_of_figures() -> None:
    assert len(figures(TABLE)) > 30


@pytest.mark.parametrize("figure", sorted(set(figures(TABLE))))
def test_each_figure_of_the_readme_stands_on_the_page_it_is_from(figure: str) -> None:
    assert figure in figures(PAGES)
