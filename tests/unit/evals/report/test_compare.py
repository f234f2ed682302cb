from __future__ import annotations

import pytest

from core.errors import InvalidInput
from evals.report.compare import compare_reports
from evals.score.score import judge
from tests.unit.evals.verdict_factories import acted, case, reported, right, wrong


def test_what_only_one_of_them_got_right_is_named_and_tested() -> None:
    before = reported(*(right(str(n), ("even",) if n % 2 == 0 else ()) for n in range(8)), wrong("x"))
    after = reported(*(wrong(str(n), ("even",) if n % 2 == 0 else ()) for n in range(8)), right("x"))
    made = compare_reports(before, after)
    assert (made.right_first, made.right_second) == (8, 1)
    assert made.broken == tuple(map(str, range(8)))
    assert made.fixed == ("x",)
    assert made.p == pytest.approx(0.039062)
    assert made.tags["even"] == (4, 4, 0)
    assert any("more than chance" in line for line in made.lines())


def test_two_runs_that_agree_in_every_case_are_said_to_and_no_chance_is_spoken_of() -> None:
    made = compare_reports(reported(right("a"), wrong("b")), reported(right("a"), wrong("b")))
    assert any("no case came out differently" in line for line in made.lines())


def test_a_case_that_is_right_every_time_but_one_is_not_right() -> None:
    before = reported(right("a"), right("a", take=1))
    after = reported(right("a"), wrong("a", take=1))
    assert compare_reports(before, after).broken == ("a",)


def test_new_wrong_and_unsafe_acts_are_named() -> None:
    before = reported(right("a"), wrong("b"))
    after = reported(judge(case("a"), acted("a", "gift", held=("always",))), judge(case("b"), acted("b", "gift")))
    made = compare_reports(before, after)
    assert made.new_wrong_acts == ("a", "b")
    assert made.new_unsafe == ("b",)


def test_cases_in_one_report_alone_are_counted_not_compared() -> None:
    made = compare_reports(reported(right("a"), right("b")), reported(right("b"), right("c")))
    assert (made.common, made.only_in_first, made.only_in_second) == (1, 1, 1)


def test_nothing_in_common_or_a_changed_case_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no case in common"):
        compare_reports(reported(right("a")), reported(right("b")))
    changed = reported(judge(case("a", "clarify"), acted("a")))
    with pytest.raises(InvalidInput, match="'a'"):
        compare_reports(reported(right("a")), changed)
