"""JUnit report: a run's cases as test cases, for CI systems that show those."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from evals.score.explanations import WHY, describe_calls, describe_expected

# XML 1.0 does not allow these characters, even escaped.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Mapping[str, Any]) -> str:
    """Renders a test suite with one case for each answer: ``failure`` if it is not right, ``error`` if there was
    none."""
    entries = report["entries"]
    errors = sum(bool(each["error"]) for each in entries)
    wrong = sum(not each["right"] for each in entries) - errors
    seconds = sum(each["ms"] for each in entries) / 1000
    suite = ET.Element(
        "testsuite",
        name=_write_text(report["title"]),
        tests=str(len(entries)),
        failures=str(wrong),
        errors=str(errors),
        time=f"{seconds:.3f}",
        timestamp=report["made_at"][:19],
    )
    for each in entries:
        name = each["id"] + (f" (try {each['take'] + 1})" if each["take"] else "")
        made = ET.SubElement(
            suite,
            "testcase",
            classname=_write_text(each["source"]),
            name=_write_text(name),
            time=f"{each['ms'] / 1000:.3f}",
        )
        if each["error"]:
            ET.SubElement(made, "error", message=_write_text(each["error"]))
        elif not each["right"]:
            why = f"{WHY.get(each['cause'], each['cause'])} {each['detail']}".strip()
            failure = ET.SubElement(made, "failure", type=_write_text(each["cause"]), message=_write_text(why))
            failure.text = _write_text(
                f"{each['role']}: {each['prompt']}\nright was: {describe_expected(each['expected'])}\n"
                f"it did: {each['decision']} {describe_calls(each['calls'])} {each['question']}"
            )
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def write_junit(path: Path, report: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_junit(report), "utf-8")


def _write_text(text: Any) -> str:
    return _NO_XML.sub("\ufffd", str(text))
