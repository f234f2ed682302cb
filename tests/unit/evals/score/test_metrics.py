from __future__ import annotations

from dataclasses import replace
from typing import Any

from evals.run.case_result import CaseResult
from evals.score.metrics import ASK, ERROR, NOTHING, describe_lines, measure
from evals.score.score import judge
from tests.unit.evals.verdict_factories import acted, case, right, wrong


def test_every_answer_is_in_the_confusion_once() -> None:
    verdicts = [
        right("a"), right("b"), wrong("c"),
        judge(case("d"), acted("d", "gift")),
        judge(case("e", "abstain"), acted("e")),
        judge(case("f", "clarify"), CaseResult("f", "abstain", error="model_unavailable: down")),
        judge(case("g", "abstain"), CaseResult("g", "abstain")),
    ]  # fmt: skip
    found = [(each["expected"], each["got"], each["count"], each["right"]) for each in measure(verdicts).confusion]
    assert found == [
        ("pay", "pay", 2, 2), (ASK, ERROR, 1, 0), (NOTHING, NOTHING, 1, 1), (NOTHING, "pay", 1, 0), ("pay", ASK, 1, 0),
        ("pay", "gift", 1, 0),
    ]  # fmt: skip


def test_risk_over_coverage_goes_from_sure_to_unsure_and_counts_what_was_proposed() -> None:
    paid = ({"action": "pay", "params": {}},)
    verdicts = [
        right("a", confidence=0.9),
        judge(case("b"), acted("b", "gift", confidence=0.8)),
        wrong("c", confidence=0.4, proposed=paid),
        wrong("d", confidence=0.3, proposed=({"action": "gift", "params": {}},)),
        judge(case("e", "abstain"), CaseResult("e", "abstain")),
    ]
    made = measure(verdicts)
    assert [tuple(point.values()) for point in made.coverage] == [
        (0.9, 0.2, 0.0), (0.8, 0.4, 0.5), (0.4, 0.6, 0.3333), (0.3, 0.8, 0.5)
    ]  # fmt: skip
    assert made.operating == {"coverage": 0.4, "risk": 0.5}


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    made = measure([right(str(n), confidence=n / 1000) for n in range(500)])
    assert len(made.coverage) == 60
    assert made.coverage[-1] == {"threshold": 0.0, "coverage": 1.0, "risk": 0.0}


def test_tags_count_what_went_wrong_in_them() -> None:
    made = measure([right("a", ("x",)), judge(case("b", tags=("x", "y")), acted("b", "gift")), wrong("c", ("y",))])
    assert made.tags["x"]["all_right"]["hits"] == 1
    assert (made.tags["y"]["count"], made.tags["y"]["wrong_acts"], made.tags["y"]["asked"]) == (2, 1, 1)


def test_repetitions_become_pass_hat() -> None:
    made = measure([right("a"), replace(right("a"), entry=acted("a", take=1)), right("b"), wrong("b", take=1)])
    assert made.pass_hat == {"1": 0.75, "2": 0.5}


def test_a_cost_is_unknown_as_soon_as_one_price_is() -> None:
    def usage(*costs: str | None) -> dict[str, Any]:
        return dict(measure([right(str(n), tokens=10, cost=cost) for n, cost in enumerate(costs)]).usage)

    assert usage("0.1", "0.2") == {"tokens": 20, "tokens_each": 10.0, "cost": "0.3"}
    assert usage("0.1", None)["cost"] is None


def test_an_error_counts_as_one_and_never_as_an_abstention() -> None:
    made = measure([judge(case("a", "abstain"), CaseResult("a", "abstain", error="x: y"))])
    assert made.rates["errors"].hits == 1
    assert made.rates["abstention_recall"].hits == 0
    assert any("errors" in line for line in describe_lines(made, 1))
