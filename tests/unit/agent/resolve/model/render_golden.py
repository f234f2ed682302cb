"""Writes the golden files anew: ``python -m tests.unit.agent.resolve.model.render_golden``, then read the difference
before committing it."""

from prompts import render, versions
from tests.unit.agent.resolve.model.test_prompts import CONTEXTS, GOLDEN, shown

if __name__ == "__main__":
    for version in versions():
        for name, context in CONTEXTS.items():
            (GOLDEN / f"{version.replace('/', '-')}-{name}.txt").write_text(
                shown(render(version, context)), encoding="utf-8"
            )
