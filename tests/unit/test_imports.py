"""Import cycles between files: there are none."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Final

import grimp

ROOMS: Final = (
    "agent", "app", "cli", "connectors", "core", "evals", "events", "executors", "language", "prompts", "registry",
    "store", "web",
)  # fmt: skip


def test_no_two_files_import_each_other_by_any_way_round() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(error.args[1])) from None
