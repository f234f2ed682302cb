"""The pages' examples are what the endpoints take, and the endpoints they list are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.automations.service import InstructionForm, RuleForm
from events.dispatcher import RETRY_S
from registry.events import event_catalogue
from web.api.automations import rules
from web.api.events import events

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = [DOCS / "guide" / "events.md", DOCS / "reference" / "events.md"]
EXAMPLES: list[dict[str, Any]] = [
    json.loads(each)
    for page in PAGES
    for each in re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
]


def fired(page: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the data of each event that a page shows how to fire: as a body, or as the arguments of a call."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r'(?:"events\.fire", "args": (?=\[)|(?=\{\s*"event":))', text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, found.end())
        except ValueError:
            continue  # an answer in outline, with dots in it
        if isinstance(value, list):
            yield value[0], value[1]
        elif "data" in value:
            yield value["event"], value["data"]


FIRED = [
    (str(page.relative_to(ROOT)), *each)
    for page in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("sdks/*/README.md")])
    for each in fired(page)
]


@pytest.mark.parametrize(("page", "name", "data"), FIRED)
def test_every_event_that_any_page_fires_is_one_that_fits_its_schema(
    page: str, name: str, data: dict[str, Any]
) -> None:
    assert event_catalogue.get(name) is not None
    assert event_catalogue.find_misfits(name, data) == []


def test_the_pages_that_fire_with_curl_are_among_them() -> None:
    wanted = {"docs/reference/wire.md", "docs/guide/curl.md", "docs/guide/first-hour.md", "sdks/conformance/README.md"}
    assert wanted <= {page for page, *_ in FIRED}


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
