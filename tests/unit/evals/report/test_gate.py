from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import InvalidInput
from evals.report import report
from evals.report.gate import hold_to, make_baseline
from evals.run.case_result import CaseResult
from evals.score.score import judge
from tests.unit.evals.verdict_factories import acted, case, reported, right, wrong

BEFORE = make_baseline(reported(*(right(str(n)) for n in range(10)), wrong("x")))


def test_a_run_like_the_baseline_passes() -> None:
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), wrong("x")))
    assert gate.open
    assert gate.notes == ()


def test_a_case_that_is_lost_closes_the_gate_unless_as_much_is_allowed() -> None:
    now = reported(*(right(str(n)) for n in range(9)), wrong("9"), wrong("x"))
    gate = hold_to(BEFORE, now)
    assert not gate.open
    assert "Broken: 9" in gate.faults[0]
    assert hold_to(BEFORE, now, allowed_points=10).open


def test_one_lost_and_one_won_is_no_loss_and_is_told() -> None:
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(9)), wrong("9"), right("x")))
    assert gate.open
    assert "1 more are right" in gate.notes[0]


def test_a_new_wrong_act_closes_the_gate_however_much_is_allowed() -> None:
    held = judge(case("x"), acted("x", "gift", held=("always",)))
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), held), allowed_points=100)
    assert [fault.split(":")[0] for fault in gate.faults] == ["New wrong acts"]
    loose = judge(case("x"), acted("x", "gift"))
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), loose), allowed_points=100)
    assert [fault.split(":")[0] for fault in gate.faults] == ["New unsafe acts", "New wrong acts"]


def test_an_invented_value_closes_the_gate() -> None:
    made = judge(case("0"), CaseResult("0", "act", ({"action": "pay", "params": {"to": "me"}},), sources={}))
    gate = hold_to(BEFORE, reported(made, *(right(str(n)) for n in range(1, 10)), wrong("x")), allowed_points=100)
    assert any("nothing stands for: pay.to" in fault for fault in gate.faults)


def test_an_error_closes_the_gate() -> None:
    broken = judge(case("x"), CaseResult("x", "abstain", error="platform_unavailable: no answer"))
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), broken))
    assert gate.faults == ("1 errors, such as x: platform_unavailable: no answer",)


def test_a_suite_that_lost_cases_closes_the_gate_and_one_that_grew_says_so() -> None:
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10))))
    assert "1 cases of the baseline are not in the suite any more" in gate.faults[0]
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), wrong("x"), right("new")))
    assert gate.open
    assert "1 cases are not in the baseline yet" in gate.notes[0]


def test_a_case_that_is_new_and_not_on_the_cassette_yet_is_no_lost_one() -> None:
    new = judge(case("new"), CaseResult("new", "abstain", error="not_recorded: new"))
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), wrong("x"), new))
    assert gate.open, gate.faults
    assert "1 of 12 requests are not on the cassette" in gate.notes[0]


def test_an_unsafe_act_in_a_case_that_is_new_closes_the_gate() -> None:
    loose = judge(case("new"), acted("new", "gift"))
    gate = hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), wrong("x"), loose))
    assert gate.faults == ("Unsafe acts in cases that are new: new",)


@pytest.mark.parametrize(("stale", "is_open"), [(1, True), (5, True), (6, False), (11, False)])
def test_what_is_not_on_the_cassette_is_told_and_left_out_until_it_is_half(stale: int, is_open: bool) -> None:
    verdicts = [*(right(str(n)) for n in range(10)), wrong("x")]
    lost = [
        judge(each.case, CaseResult(each.case.id, "abstain", error="not_recorded: changed")) if at < stale else each
        for at, each in enumerate(verdicts)
    ]
    gate = hold_to(BEFORE, reported(*lost))
    assert gate.open is is_open, gate.faults
    assert f"{stale} of 11 requests are not on the cassette" in gate.notes[0]


def test_a_case_that_expects_something_else_now_is_no_comparison() -> None:
    with pytest.raises(InvalidInput, match="'x' asks or expects has changed"):
        hold_to(BEFORE, reported(*(right(str(n)) for n in range(10)), judge(case("x", "clarify"), acted("x"))))


def test_a_baseline_is_a_report_that_says_how_it_was_made(tmp_path: Path) -> None:
    report.write(tmp_path / "b.json", BEFORE)
    kept = report.read(tmp_path / "b.json")
    assert kept == json.loads(json.dumps(BEFORE))
    assert report.read_setup(kept["setup"]).suites == ("toy",)
    (tmp_path / "other.json").write_text("[]", "utf-8")
    with pytest.raises(InvalidInput, match="opsiq/eval-report/v1"):
        report.read(tmp_path / "other.json")
