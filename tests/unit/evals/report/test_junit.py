"""A run as JUnit, and the page of what the gate loses."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from evals.report.junit import render_junit
from evals.report.page import render_page
from tests.unit.evals.verdict_factories import reported, right, wrong

HOSTILE = "]]><x/>\x00\x1b\ud83d\u202e&"


def test_each_answer_is_a_test_case_and_a_wrong_one_a_failure() -> None:
    report = reported(right("a"), wrong("b", question=HOSTILE), right("c", error="unavailable: gone"))
    suite = ET.fromstring(render_junit(report))
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("3", "1", "1")
    assert [case.attrib["name"] for case in suite] == ["a", "b", "c"]
    assert [[each.tag for each in case] for case in suite] == [[], ["failure"], ["error"]]
    failure = suite[1][0]
    assert failure.attrib["type"] == "asked_which_action"
    assert "right was: act" in str(failure.text)


def test_what_the_gate_loses_stands_by_reason_in_a_gold_report_alone() -> None:
    report = reported(right("a"), wrong("b"), wrong("c"))
    assert "What the gate loses" not in render_page(report)
    shown = render_page({**report, "setup": {**report["setup"], "resolver": "gold"}})
    assert "What the gate loses" in shown
    assert "2 × It did not know which action is meant." in shown
