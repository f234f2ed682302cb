"""A report that somebody hands in is read whole, or refused with what is wrong and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from evals.report.compare import compare_reports
from evals.report.report_parser import MAX_BYTES, MAX_ENTRIES, list_outline, parse_report
from evals.score import explanations
from tests.integration.web.console.samples.evals import entry, report, report_json, with_entries

BASELINES = sorted((Path(__file__).parents[4] / "evals" / "baselines").glob("*.json"))


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_every_baseline_is_a_report_that_can_be_read(path: Path) -> None:
    raw = path.read_bytes()
    read, value = parse_report(raw), json.loads(raw)
    assert len(read.entries) == len(value["entries"])
    assert read.head.wrong == sum(not each["right"] for each in value["entries"])
    assert read.head.scores["all_right"].value == value["metrics"]["all_right"]["value"]
    assert compare_reports({"title": "a", "metrics": {}, "entries": list_outline(read.entries)}, value).p == 1.0


def test_the_worst_stand_first() -> None:
    entries = [
        entry(1, right=True),
        entry(3, right=False),
        entry(2, right=False),
        entry(5, right=False, wrong_act=False),
    ]
    assert [each.id for each in parse_report(with_entries(entries)).entries] == ["case-2", "case-3", "case-5", "case-1"]


def test_what_a_later_version_adds_is_passed_over() -> None:
    value = {**report(), "news": {"of": "tomorrow"}}
    value["entries"][0]["news"] = 7
    assert parse_report(json.dumps(value).encode()).head.wrong == 1


BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "no JSON"),
    "no text": (b"\xff\xfe{}", "no UTF-8 text (byte 0)"),
    "no JSON": (b"{not json", "no JSON"),
    "a list": (b"[]", "no opsiq/eval-report/v1"),
    "another schema": (b'{"schema": "opsiq/eval-report/v2"}', "no opsiq/eval-report/v1"),
    "only its name": (b'{"schema": "opsiq/eval-report/v1"}', "at title: Field required"),
    "nested": (b"[" * 200_000, "nested too deeply"),
    "nested within": (
        report_json().replace(b'"setup": {', b'"setup": {"x": ' + b"[" * 40 + b"]" * 40 + b",", 1),
        "nested too deeply",
    ),
    "half a character in an answer": (
        json.dumps({**report(), "entries": [{**entry(1, right=True), "expected": {"\ud800": "a"}}]}).encode(),
        "half a character",
    ),
    "no number": (report_json().replace(b'"threshold": 0.9', b'"threshold": NaN', 1), "NaN is no number"),
    "endless digits": (report_json().replace(b'"cases": 4', b'"cases": ' + b"9" * 5000, 1), "no JSON"),
    "too large a number": (
        report_json().replace(b'"cases": 4', b'"cases": 99999999999', 1),
        "at cases: Input should be less than",
    ),
    "a share above one": (report_json().replace(b'"coverage": 0.4', b'"coverage": 1.4', 1), "at coverage.0.coverage"),
    "a share of half an interval": (report_json().replace(b'"low": 0.65', b'"low": null', 1), "given together"),
    "a number for a word": (
        report_json().replace(b'"id": "case-0"', b'"id": 7', 1),
        "at entries.0.id: Input should be a valid string",
    ),
    "a word for a truth": (report_json().replace(b'"right": false', b'"right": "no"', 1), "at entries.0.right"),
    "a moment without a zone": (report_json().replace(b"11:00:00.000000Z", b"11:00:00", 1), "at made_at"),
    "before the flood": (report_json().replace(b"2026-11-24", b"0001-01-01", 1), "a moment of this age"),
    "half a character": (report_json().replace(b'"title": "ours', b'"title": "\\ud800', 1), "half a character"),
    "too long a word": (report_json(title="x" * 501), "at title: String should have at most 500"),
    "too many bytes": (b" " * (MAX_BYTES + 1), "at most 8 MiB; this one has 8.0"),
    "too many parts": (b'{"x": [' + b"[]," * 2_000_000 + b"[]]}", "more lists and objects than a report"),
    "too many answers": (
        json.dumps({**report(0, 1), "entries": [{"id": "a", "case": "b", "right": True}] * (MAX_ENTRIES + 1)}).encode(),
        "at entries: List should have at most 20000",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_report_is_refused_with_what_is_wrong(name: str) -> None:
    raw, why = BAD[name]
    with pytest.raises(InvalidInput) as refused:
        parse_report(raw)
    assert why in refused.value.detail
    assert len(refused.value.detail) < 400


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["action", "params", "spans", "text", "kind", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    json_values,
    st.dictionaries(st.sampled_from(["decision", "actions", "action", "params", "missing", "candidates"]), json_values),
)
def test_whatever_stands_where_a_call_or_a_source_is_due_is_told_without_stumbling(
    value: Any, expected: dict[str, Any]
) -> None:
    assert isinstance(explanations.describe_calls(value), str)
    assert isinstance(explanations.describe_expected(expected), str)
    assert isinstance(explanations.describe_sources({"sources": {"0.x": value}}), list)
