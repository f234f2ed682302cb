"""The pages' examples are what the endpoints take, and the endpoints they list are there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from events.automations.service import InstructionForm, RuleForm
from events.dispatcher import RETRY_S
from registry.events import event_catalogue
from web.api.automations import rules
from web.api.events import events

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [DOCS / "guide" / "events.md", DOCS / "reference" / "events.md"]
EXAMPLES: list[dict[str, Any]] = [
    json.loads(each)
    for page in PAGES
    for each in re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.get("name") or each["event"])
def test_every_example_is_taken(example: dict[str, Any]) -> None:
    if "data" in example:
        events.FireBody.model_validate(example)
        assert event_catalogue.find_misfits(example["event"], example["data"]) == []
    else:
        (InstructionForm if "text" in example else RuleForm).model_validate(example)


def test_the_examples_of_the_openapi_document_are_taken() -> None:
    RuleForm.model_validate(rules.RULE_EXAMPLE)
    InstructionForm.model_validate(rules.INSTRUCTION_EXAMPLE)


def test_the_reference_lists_every_endpoint_and_no_other() -> None:
    text = PAGES[1].read_text(encoding="utf-8")
    listed = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for method, path in re.findall(r"`(GET|POST|PATCH|DELETE) (/v1/[a-z/{}_-]+)", text)
    }
    there = {
        (method, re.sub(r"\{\w+\}", "{}", route.path))
        for router in (events.router, rules.router)
        for route in router.routes
        for method in getattr(route, "methods", ())
    }
    assert listed == there


def test_the_reference_says_when_a_reaction_is_tried_again() -> None:
    assert RETRY_S == (5, 30, 120, 600, 3600)
    assert "5 s, 30 s, 2 min, 10 min and 1 h" in PAGES[1].read_text(encoding="utf-8").replace("\n", " ")
