"""Plots of a report."""

from __future__ import annotations

import re

from evals.report.page.plots import draw_latency


def test_what_is_said_of_percentiles_stands_above_the_bars() -> None:
    drawn = draw_latency([5.0 + at for at in range(200)])
    bars = [float(y) for y in re.findall(r'<rect class="bar" x="[\d.]+" y="([\d.]+)"', drawn)]
    said = [float(y) for y in re.findall(r'<text class="value" x="[\d.]+" y="([\d.]+)"', drawn)]
    assert len(said) == 3
    assert max(said) < min(bars)
