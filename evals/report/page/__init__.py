"""Report page: one HTML file without scripts that loads nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core.display_text import to_display_text
from evals.cases.reader import GOLD
from evals.report.page import plots
from evals.score import explanations
from evals.score.metrics import LESS_IS_BETTER, TITLES

MOST_TAGS: Final = 60
_QUOTED: Final = re.compile("‘[^’]*’")


def render_page(report: Mapping[str, Any]) -> str:
    """The page of one report (``evals.report.report``)."""
    metrics = report["metrics"]
    scores = [
        {"name": name, "title": title, "less": name in LESS_IS_BETTER, **metrics[name]}
        for name, title in TITLES.items()
        if metrics[name]["of"]
    ]
    wrong = [each for each in report["entries"] if not each["right"]]
    wrong.sort(key=lambda each: (not each["unsafe"], not each["wrong_act"], each["cause"], each["id"]))
    lost = group_by_reason(wrong) if report["setup"].get("resolver") == GOLD else []
    return _load_template().render(
        lost=lost,
        it=report,
        scores=scores,
        score_plot=plots.draw_bars([(each["title"], each) for each in scores if not each["less"]]),
        tag_plot=plots.draw_bars([(tag, row["all_right"]) for tag, row in list(report["tags"].items())[:MOST_TAGS]]),
        coverage_plot=plots.draw_coverage(report["coverage"], report["operating"]),
        latency_plot=plots.draw_latency([each["ms"] for each in report["entries"] if not each["error"]]),
        matrix=plots.make_matrix(report["confusion"]),
        wrong=wrong,
        why=explanations.WHY,
    )


def group_by_reason(wrong: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Groups answers by why they were lost: the cause and, for a question, what it asked for. Most frequent first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in wrong:
        reason = explanations.WHY.get(each["cause"], each["cause"])
        if each["cause"] == "asked_where_it_could_act":
            reason += " " + (
                f"Asked for {', '.join(each['missing'])}." if each["missing"] else _strip_quotes(each["question"])
            )
        groups.setdefault(reason, []).append(each)
    return sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _strip_quotes(question: str) -> str:
    """A question without its quotations, so that similar ones are grouped."""
    return _QUOTED.sub("‘…’", question)[:120]


@cache
def _load_template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        calls=explanations.describe_calls,
        expected=explanations.describe_expected,
        sources=explanations.describe_sources,
        share=explanations.format_share,
        shown=lambda text: to_display_text(str(text), lines=True),
    )
    return environment.get_template("report.html.jinja")
