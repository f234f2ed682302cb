"""docs/reference/eval-report.md against a report as it is, and the page that shows one."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from evals.report.compare import compare_reports
from evals.report.gate import make_baseline
from evals.report.page import plots, render_page
from evals.run.case_result import CaseResult
from evals.score.explanations import WHY
from evals.score.metrics import TITLES
from evals.score.score import judge
from tests.unit.evals.verdict_factories import acted, case, reported, right, wrong

REFERENCE = (Path(__file__).parents[4] / "docs/reference/eval-report.md").read_text("utf-8")
HOSTILE = "<script>alert(1)</script>\u202e{{ 7*7 }}"
REPORT = reported(
    right("a", ("x",), confidence=0.9, sources={}),
    wrong("b", ("x", "y"), confidence=0.4, proposed=({"action": "pay", "params": {}},)),
    judge(case("c", "abstain"), acted("c", "gift", ms=12.0, tokens=5, cost="0.1")),
)


def section(title: str) -> str:
    return REFERENCE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(text: str) -> set[str]:
    """Every name in the first cell of the section's tables."""
    return {name for line in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}


def test_the_reference_lists_every_field_and_no_other() -> None:
    assert rows(REFERENCE.split("\n## ", 1)[0]) == set(REPORT)
    assert rows(section("`setup`")) == set(REPORT["setup"])
    assert rows(section("`metrics`")) == set(REPORT["metrics"])
    assert rows(section("An entry")) == set(REPORT["entries"][0])


def test_what_is_marked_is_what_a_baseline_keeps() -> None:
    def marked(text: str) -> set[str]:
        return set(re.findall(r"`(\w+)` ○", "\n".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE))))

    kept = make_baseline(REPORT)
    assert marked(REFERENCE.split("\n## ", 1)[0]) == set(kept)
    assert marked(section("An entry")) == set(kept["entries"][0])


def test_every_cause_has_its_sentence_and_its_row() -> None:
    folder = Path(__file__).parents[4] / "evals/score"
    source = "".join((folder / name).read_text("utf-8") for name in ("score.py", "content.py"))
    returned = set(
        re.findall(
            r'"((?:acted|answered|asked|abstained|other|text|parameter|candidate|not|changed|data)_\w+)"', source
        )
    ) | {"error"}
    built = {f"{did}_where_nothing_fits" for did in ("acted", "answered", "asked", "abstained")}
    built |= {f"{did}_where_it_had_to_answer" for did in ("acted", "asked", "abstained")}
    assert rows(section("Causes")) == returned | built == set(WHY)


def test_every_share_has_a_title() -> None:
    shares = {name for name, value in REPORT["metrics"].items() if set(value) == {"value", "low", "high", "hits", "of"}}
    assert shares == set(TITLES)


def test_the_comparison_is_as_the_reference_says() -> None:
    made = compare_reports(REPORT, REPORT).as_json()
    assert set(re.findall(r"`(\w+)`", section("A comparison"))) >= set(made) - {"schema"}
    assert f"`{made['schema']}`" in REFERENCE


class Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "onload", "onerror")]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(report: dict[str, Any]) -> Read:
    made = Read()
    made.feed(render_page(report))
    return made


def test_the_page_loads_nothing_and_runs_nothing_whatever_is_in_a_case() -> None:
    hostile = judge(
        case(HOSTILE, tags=(HOSTILE,), action=HOSTILE),
        CaseResult(
            HOSTILE,
            "clarify",
            ({"action": HOSTILE, "params": {HOSTILE: HOSTILE}},),
            (HOSTILE,),
            HOSTILE,
            {HOSTILE: {"kind": HOSTILE, "label": HOSTILE}},
            candidates=(HOSTILE,),
            held=(HOSTILE,),
            notes=(HOSTILE,),
        ),
    )
    found = read(reported(hostile))
    assert "script" not in found.tags
    assert found.links == []
    assert "‹U+202E›{{ 7*7 }}" in found.text
    assert "\u202e" not in render_page(reported(hostile))


def test_the_page_tells_every_wrong_case_and_why() -> None:
    found = read(REPORT)
    assert found.tags.count("details") == 2
    assert found.tags.count("svg") == 4
    assert WHY["acted_where_nothing_fits"] in found.text
    assert WHY["asked_which_action"] in found.text


def test_a_report_where_nothing_went_wrong_or_nothing_came_has_a_page_too() -> None:
    assert "Nothing." in read(reported(right("a"))).text
    failed = judge(case("a"), CaseResult("a", "abstain", error="model_unavailable: down"))
    assert "model_unavailable: down" in read(reported(failed)).text


def test_what_is_written_beside_the_bars_stands_inside_the_plot() -> None:
    row = {"value": 1.0, "low": 0.99, "high": 1.0, "hits": 14870, "of": 14870}
    drawn = plots.draw_bars([*((title, row) for title in TITLES.values()), ("few", {**row, "hits": 1, "of": 1})])
    labels = re.findall(r'class="label" x="([\d.]+)" y="\d+" text-anchor="end">([^<]+)<', drawn)
    assert len(labels) == len(TITLES) + 1
    for place, text in labels:
        assert plots.LETTER * len(text) <= float(place), text
    for place, text in re.findall(r'class="value" x="([\d.]+)" y="\d+">([^<]+)<', drawn):
        assert float(place) + plots.LETTER * len(text) <= plots.WIDTH, text
