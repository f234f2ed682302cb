"""Each template shows its frozen context class, all of it and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import meta, nodes

from tests.integration.web.console.samples.card import of_asking
from tests.integration.web.console.samples.connect import of_connecting
from tests.integration.web.console.samples.connectors import of_connectors
from tests.integration.web.console.samples.contracts import of_contracts
from tests.integration.web.console.samples.evals import of_evals
from tests.integration.web.console.samples.events import of_events
from tests.integration.web.console.samples.history import of_history
from tests.integration.web.console.samples.imports import of_imports
from tests.integration.web.console.samples.insights import of_insights
from tests.integration.web.console.samples.keys import of_keys
from tests.integration.web.console.samples.people import of_people
from tests.integration.web.console.samples.rules import of_rules
from tests.integration.web.console.samples.webhooks import of_webhooks
from web.console import error_page, pages
from web.console.account import sign_in
from web.console.navigation import NavItem
from web.console.pages import Page, Shell, SignedInAs

CLASSES = sorted(Page.__subclasses__(), key=lambda each: each.__name__)
SHELL = Shell(
    "secret-of-the-form",
    "",
    "/here",
    False,
    SignedInAs("Olivia", "owner", "olivia@shop.test", "Shop"),
    (NavItem("/", "Ask", "ask", True),),
)
SAMPLES: dict[type[Page], Page] = {
    sign_in.SignInPage: sign_in.SignInPage(
        shell=SHELL,
        title="Sign in",
        email="a@b.test",
        next="/wanted",
        trouble="wrong & again",
        issuer="Shop <accounts>",
        start="/sign-in/start?next=%2Fwanted",
        leave="https://login.test/leave?client_id=a&b",
    ),
    sign_in.SetUpPage: sign_in.SetUpPage(
        shell=SHELL,
        title="Set up",
        allowed=True,
        name="My shop",
        person="Olivia O'Hara",
        email="o@shop.test",
        trouble="too short",
        least_characters=10,
    ),
    error_page.ErrorPage: error_page.ErrorPage(
        shell=SHELL, title="Not found", status=404, detail="nothing <here>", request_id="req_1", again="/here?q=<a>"
    ),
    **of_asking(SHELL),
    **of_history(SHELL),
    **of_keys(SHELL),
    **of_webhooks(SHELL),
    **of_events(SHELL),
    **of_connectors(SHELL),
    **of_contracts(SHELL),
    **of_people(SHELL),
    **of_rules(SHELL),
    **of_evals(SHELL),
    **of_imports(SHELL),
    **of_insights(SHELL),
    **of_connecting(SHELL),
}
TOLD_OTHERWISE = {
    "active",
    "advice",
    "after",
    "before",
    "changed",
    "good",
    "held",
    "idempotent",
    "newest",
    "owner",
    "required",
    "revision",
    "sign",
    "tone",
    "icon",
    "theme",
    "clock",
    "path",
    "allowed",
    "ok",
    "here",
    "fragment",
    "used_by",
    "may_edit",
    "is_open",
    "irreversible",
    "long",
    "once",
    "disabled",
    "bare",
    "fired",
    "at_fault",
    "can",
    "by_hand",
    "cut",
    "latest",
    "waiting",
    "moving",
    "seen",
    "known",
    "blocking",
    "may_fire",
    "join",
    "mine",
    "links",
    "own_event",
    "may_add",
    "becomes_author",
    "takes",
    "fresh",
    "form",
    "constant",
    "many",
    "attended",
    "may_unattended",
    "unattended",
    "deep",
    "coverage_plot",
    "latency_plot",
}
"""Fields that choose how something is shown instead of being shown."""


def templates_of(name: str, seen: set[str] | None = None) -> set[str]:
    """The template and all it extends, includes or imports."""
    seen = seen if seen is not None else set()
    if name in seen:
        return seen
    seen.add(name)
    tree = pages.load_environment().parse(
        next(each / name for each in pages.TEMPLATES if (each / name).exists()).read_text()
    )
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.FromImport)):
        found = [
            each.value
            for each in node.find_all(nodes.Const)
            if isinstance(each.value, str) and each.value.endswith(".html")
        ]
        for each in found:
            templates_of(each, seen)
    return seen


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_a_template_asks_for_the_fields_of_its_class_and_for_all_of_them(page: type[Page]) -> None:
    wanted: set[str] = set()
    made: set[str] = set(pages.load_environment().globals)
    for name in templates_of(page.template):
        tree = pages.load_environment().parse(
            next(each / name for each in pages.TEMPLATES if (each / name).exists()).read_text()
        )
        wanted |= meta.find_undeclared_variables(tree)
        made |= {each.target.name for each in tree.find_all(nodes.Assign) if isinstance(each.target, nodes.Name)}
        for imported in tree.find_all(nodes.FromImport):
            made |= {each if isinstance(each, str) else each[1] for each in imported.names}
        if name != "_bits.html":
            made |= {each.name for each in tree.find_all(nodes.Macro)}
    wanted -= made
    assert wanted == {each.name for each in fields(page)}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name not in TOLD_OTHERWISE:
                yield from leaves(getattr(value, each.name), each.name)
    elif isinstance(value, tuple):
        for each in value:
            yield from leaves(each, name)
    elif isinstance(value, str) and value:
        yield name, value
    elif isinstance(value, datetime):
        yield name, f"{value.day} {value:%b %Y, %H:%M}"


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_what_a_page_holds_is_on_it(page: type[Page]) -> None:
    text = pages.render_html(SAMPLES[page])
    shown = unescape(text)
    for name, value in leaves(SAMPLES[page]):
        unmarked = unescape(re.sub(r"</?mark[^>]*>", "", text))
        assert any(each in shown or each in unmarked for each in (value, quote(value))), (name, value)


def test_every_page_has_a_sample() -> None:
    assert set(SAMPLES) == set(CLASSES)


@pytest.mark.parametrize("page", CLASSES, ids=lambda each: each.__name__)
def test_markup_in_a_value_is_text_on_the_page(page: type[Page]) -> None:
    text = pages.render_html(SAMPLES[page])
    for hostile in (
        "<order>",
        "<one>",
        "<here>",
        "<b>Novak</b>",
        "Olivia <b>",
        "<b>shop</b>",
        "<short>",
        "<made>",
        "<x>",
        "<reads>",
    ):
        assert hostile not in text


def test_no_template_marks_anything_as_safe() -> None:
    for path in (each for folder in pages.TEMPLATES for each in folder.glob("*.html")):
        assert "|safe" not in path.read_text().replace(" ", ""), path
    for path in pages.TEMPLATES[0].parent.rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert "Markup" not in names, path
