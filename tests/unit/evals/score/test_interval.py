from __future__ import annotations

import pytest

from evals.score.interval import compute_mcnemar, estimate_rate, find_percentile, pass_hat
from tests.unit.evals.verdict_factories import right, wrong


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 0.021484375), (9, 1, 0.021484375)],
)
def test_mcnemar_is_the_exact_binomial_of_the_cases_only_one_got_right(first: int, second: int, p: float) -> None:
    assert compute_mcnemar(first, second) == pytest.approx(p)


def test_mcnemar_stands_with_thousands_of_cases() -> None:
    assert compute_mcnemar(900, 1100) == pytest.approx(8.6e-06, rel=0.05)


@pytest.mark.parametrize(
    ("takes", "k", "share"),
    [
        ([[True, True], [True, False]], 1, 0.75),
        ([[True, True], [True, False]], 2, 0.5),
        ([[True, True, False]], 2, 1 / 3),
        ([[True]], 2, 0.0),
    ],
)
def test_pass_hat_is_the_chance_that_all_of_k_tries_are_right(takes: list[list[bool]], k: int, share: float) -> None:
    assert pass_hat(takes, k) == pytest.approx(share)


def test_percentiles_go_by_nearest_rank() -> None:
    assert [find_percentile(range(1, 101), share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert find_percentile([], 0.5) == 0.0


def test_where_all_are_right_doubt_is_left_and_less_of_it_with_more_cases() -> None:
    few, many = (estimate_rate([right(str(n)) for n in range(count)], lambda v: v.full) for count in (10, 300))
    assert few.share == many.share == few.high == 1.0
    assert few.low < many.low < 1.0
    none = estimate_rate([wrong(str(n)) for n in range(300)], lambda v: v.full)
    assert (none.low, none.high) == (0.0, pytest.approx(0.0122, abs=0.0005)), "the rule of three and a bit"


def test_a_share_of_nothing_has_no_value() -> None:
    assert estimate_rate([], lambda v: v.full).as_json() == {
        "value": None,
        "low": None,
        "high": None,
        "hits": 0,
        "of": 0,
    }
