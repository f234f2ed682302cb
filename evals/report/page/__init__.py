"""Report page: one HTML file without scripts that loads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core.display_text import to_display_text
from evals.report.page import plots
from evals.score import explanations
from evals.score.metrics import LESS_IS_BETTER, TITLES

MOST_TAGS: Final = 60


def page(report: Mapping[str, Any]) -> str:
    """The page of one report (``evals.report.report``)."""
    metrics = report["metrics"]
    scores = [
        {"name": name, "title": title, "less": name in LESS_IS_BETTER, **metrics[name]}
        for name, title in TITLES.items()
        if metrics[name]["of"]
    ]
    wrong = [each for each in report["entries"] if not each["right"]]
    wrong.sort(key=lambda each: (not each["unsafe"], not each["wrong_act"], each["cause"], each["id"]))
    return _template().render(
        it=report,
        scores=scores,
        score_plot=plots.bars([(each["title"], each) for each in scores if not each["less"]]),
        tag_plot=plots.bars([(tag, row["all_right"]) for tag, row in list(report["tags"].items())[:MOST_TAGS]]),
        coverage_plot=plots.coverage(report["coverage"], report["operating"]),
        latency_plot=plots.latency([each["ms"] for each in report["entries"] if not each["error"]]),
        matrix=plots.matrix(report["confusion"]),
        wrong=wrong,
        why=explanations.WHY,
    )


@cache
def _template() -> Template:
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
