"""One planning path: nobody but agent/planning resolves a request and then validates what was resolved."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[4]
ROOMS: Final = ("agent", "app", "cli", "connectors", "evals", "events", "executors", "registry", "web")
PATH: Final = "agent.planning.propose"
WARM_UP: Final = "agent.planning.reading_worker"
"""Asks once at its start, so that the first request finds everything loaded; nothing comes of it."""

VALIDATORS: Final = {
    ("agent.validate", "validate"),
    ("agent.validate.plan_builder", "validate"),
    ("agent.validate.proposed", "plan_proposal"),
    ("agent.validate.proposed.planner", "plan_proposal"),
}
"""What makes a plan out of what was resolved."""

ENTRANCES: Final = {
    "agent.planning.planner": "propose",
    "agent.planning.simulation": "Planner",
    "agent.runs.direct_calls": "Planner",
    "events.automations.runner": "Planner",
    "events.automations.instructions": "resolve",
    "evals.run.answer": "propose",
    "evals.run.production": "propose",
}
"""Every way in, and what of agent/planning it goes through."""

READ: Final = {*ENTRANCES, "cli.commands.resolve"}
MARKS: Final = re.compile(r"\bvalidate\b|\.resolve\b")
"""What every import of a validator and every call of a resolver has in it: a file without is not parsed."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            text = file.read_text()
            if name in READ or MARKS.search(text):
                yield name, ast.parse(text)


def imported(tree: ast.Module) -> set[tuple[str, str]]:
    """Each import as (module, name), wherever in the file it stands."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return found


def builds_plans(tree: ast.Module) -> bool:
    """Whether it imports a validator: by its name, or the module that holds it."""
    modules = {tuple(module.rpartition(".")[::2]) for module, name in VALIDATORS if name != "validate"}
    modules |= {("agent.validate", "plan_builder")}
    whole = {(module, "") for module, _ in VALIDATORS}
    return bool(imported(tree) & (VALIDATORS | modules | whole))


def asks_a_resolver(tree: ast.Module) -> bool:
    """Whether it calls ``resolve`` with a request, offers and kinds, elsewhere than in a resolver's own ``resolve``."""
    wrapped = {
        call
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "resolve"
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and [each.arg for each in node.args.args][:1] == ["self"]
    }
    return any(
        isinstance(node, ast.Call)
        and node not in wrapped
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "resolve"
        and len(node.args) + len(node.keywords) == 3
        for node in ast.walk(tree)
    )


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return dict(sources())


def test_one_module_alone_builds_plans_from_what_was_resolved(trees: dict[str, ast.Module]) -> None:
    outside = {name: tree for name, tree in trees.items() if not name.startswith("agent.validate")}
    assert {name for name, tree in outside.items() if builds_plans(tree)} == {PATH}


def test_one_module_alone_asks_a_resolver(trees: dict[str, ast.Module]) -> None:
    assert {name for name, tree in trees.items() if asks_a_resolver(tree)} == {PATH, WARM_UP}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_way_in_goes_through_planning(trees: dict[str, ast.Module], entrance: str) -> None:
    planning = {name for module, name in imported(trees[entrance]) if module.startswith("agent.planning")}
    assert ENTRANCES[entrance] in planning


def test_the_command_line_asks_as_evals_do(trees: dict[str, ast.Module]) -> None:
    assert ("evals.run.answer", "answer") in imported(trees["cli.commands.resolve"])


@pytest.mark.parametrize(
    "copy",
    [
        "from agent.validate import validate",
        "import agent.validate.plan_builder",
        "from agent.validate import proposed",
        "def run():\n    from agent.validate.proposed import plan_proposal",
    ],
)
def test_a_second_builder_would_be_found(copy: str) -> None:
    assert MARKS.search(copy)
    assert builds_plans(ast.parse(copy))


def test_a_second_asker_would_be_found_and_a_wrapping_resolver_is_none() -> None:
    asking = "async def run(r):\n    await r.resolve(request, shortlist, kinds)"
    assert MARKS.search(asking)
    assert asks_a_resolver(ast.parse(asking))
    wrapping = "class Timed:\n    async def resolve(self, a, b, c):\n        return await self.r.resolve(a, b, c)"
    assert not asks_a_resolver(ast.parse(wrapping))
