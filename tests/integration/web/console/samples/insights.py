"""One sample of the insights: every field filled, with markup where words stand."""

from __future__ import annotations

from web.console.history import insights
from web.console.pages import Page, Shell


def of_insights(shell: Shell) -> dict[type[Page], Page]:
    block = insights.Block("succeeded", 0, 300)
    return {
        insights.InsightsPage: insights.InsightsPage(
            shell=shell,
            title="Insights",
            periods=(insights.Period("30", True), insights.Period("90", False)),
            since="2026-10-26",
            until="2026-11-24",
            runs=7,
            outcomes=("succeeded",),
            columns=(insights.Column("2026-11-24", 1, 30, (block,), (7,), 7),),
            most=7,
            by_outcome=(insights.OutcomeRow("succeeded", 7, "100 %"),),
            steps=(insights.StepRow("a call", 7, "12 ms", "15 ms", "90 ms", 400, 700, 1000),),
            models=(
                insights.ModelRow("a <reads> model", 7, "1,234", "567", "0.01 and 2 answers of unknown price", 1000),
            ),
            cost="0.01",
            people=(insights.PersonRow("Olivia <b>", 12, "99.0 %", "1.2 s", "75.0 %", 990, True),),
        ),
    }
