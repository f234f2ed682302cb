"""The pages: every command is run by a test or marked as needing the outside, every option exists, no link is dead."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from cli.main import make_parser

ROOT: Final = Path(__file__).parents[2]
GUIDES: Final = sorted((ROOT / "docs/guide").glob("*.md"))
PAGES: Final = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("sdks/*/README.md"), *ROOT.glob("evals/**/*.md")]
)
RUN_BY: Final = {
    "curl.md": "tests/acceptance/test_api.py",
    "deploy.md": "tests/deploy/__main__.py",
    "evals.md": "tests/acceptance/evals/test_eval_guide.py",
    "first-hour.md": "tests/acceptance/installing/test_first_hour.py",
    "running.md": "tests/acceptance/installing/test_running_guide.py",
}
"""Who runs the ``sh`` blocks of a guide. Blocks marked ``console`` need what no test has: another machine, a package
index, somebody else's platform, a second terminal."""
COMMAND: Final = re.compile(
    r"(opsiq|pip|pipx|uv|curl|python3?|kill|nats-server|make|docker|systemctl|export|promtool|apt-get|\.venv/bin/\w+) "
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_command_block_says_whether_a_test_runs_it(guide: Path) -> None:
    text = guide.read_text("utf-8")
    outside_fences = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    unmarked = [line for line in re.findall(r"^    (\S.*)$", outside_fences, re.MULTILINE) if COMMAND.match(line)]
    assert unmarked == [], "fence it: sh where a test runs it, console where none can"
    assert {kind for kind, block in blocks(text) if any(map(COMMAND.match, block.splitlines()))} <= {"sh", "console"}
    if any(kind == "sh" for kind, _ in blocks(text)):
        assert guide.name in RUN_BY


@pytest.mark.parametrize(("guide", "test"), RUN_BY.items())
def test_who_runs_a_guide_reads_its_blocks(guide: str, test: str) -> None:
    source = (ROOT / test).read_text("utf-8")
    assert guide in source
    assert "```sh" in source


def opsiq_lines() -> list[tuple[str, str]]:
    """Every ``opsiq`` command in a block of a guide, whole."""
    made = []
    for guide in GUIDES:
        for kind, block in blocks(guide.read_text("utf-8")):
            if kind in ("sh", "console"):
                joined = block.replace("\\\n", " ")
                made += [(guide.name, line) for line in joined.splitlines() if re.match(r"(\.venv/bin/)?opsiq ", line)]
    return made


@pytest.mark.parametrize(("guide", "line"), opsiq_lines())
def test_every_opsiq_command_of_a_guide_is_one_with_its_options(guide: str, line: str) -> None:
    plain = re.split(r"\s(?:#|<|>|\||&&|2>|&$)", re.sub(r"\$\((?:[^()]|\([^()]*\))*\)|\"?\$\w+\"?", "1", line))[0]
    words = shlex.split(re.sub(r"\[(--\w+ \w+)\]", r"\1", plain))
    make_parser().parse_args(words[1:])


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as they are made of their words."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    made: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        made.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return frozenset(made | set(re.findall(r'<a (?:id|name)="([^"]+)"', text)))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_the_index_of_decisions_names_each_by_its_title_and_says_which_no_longer_hold() -> None:
    folder = ROOT / "docs/decisions"
    lines = [line for line in (folder / "README.md").read_text("utf-8").splitlines() if line.startswith("- ")]
    made = []
    for page in sorted(folder.glob("2*.md")):
        title, _, dated = page.read_text("utf-8").splitlines()[:3]
        over = " (superseded)" if "superseded" in dated else ""
        made.append(f"- {page.name[:10]} [{title.removeprefix('# ')}]({page.name}){over}")
    assert lines == made


@pytest.mark.parametrize(
    ("page", "source", "declared", "asked"),
    [
        ("sdk-js.md", "sdks/js/src/receiver.ts", r"interface Reply \{(.*)\}", "`handle(request)`"),
        (
            "sdk-python.md",
            "sdks/python/src/opsiq/receiver.py",
            r"class Reply:\n((?:    .*\n|\n)+)",
            "`receiver.handle(",
        ),
    ],
)
def test_a_page_of_an_sdk_says_what_its_receiver_answers_any_framework(
    page: str, source: str, declared: str, asked: str
) -> None:
    (found,) = re.findall(declared, (ROOT / source).read_text("utf-8"))
    names = re.findall(r"\b(\w+): ", found)
    assert sorted(names) == ["body", "headers", "status"]
    told = re.split(r"\n\n|\n\|", (ROOT / "docs/reference" / page).read_text("utf-8"))
    (passage,) = (each for each in told if asked in each)
    assert [name for name in names if not re.search(rf"\b{name}\b", passage)] == []
