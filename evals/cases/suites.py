"""Suites of cases: ours by name, any file by path. They are read together, filtered and sampled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.errors import InvalidInput
from evals.cases import reader
from evals.cases.reader import Case

FOLDER: Final = Path(__file__).parents[1] / "suites"


def find_path(name: str) -> Path:
    """The file of a suite: one of ours by name, else a path. Raises InvalidInput if there is none."""
    own = FOLDER / f"{name}.jsonl"
    if own.is_file():
        return own
    if Path(name).is_file():
        return Path(name)
    known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.jsonl")))
    raise InvalidInput(f"There is no suite {name!r}: neither a file nor one of our own ({known}).")


def load(names: Sequence[str]) -> list[Case]:
    """Loads every case of these suites, in order. A case without a source gets its file's. Raises InvalidInput, also if
    two cases share an id."""
    made: list[Case] = []
    seen: dict[str, Path] = {}
    for name in names:
        path = find_path(name)
        for case in reader.read_cases(path):
            if case.id in seen:
                raise InvalidInput(f"Two cases are called {case.id!r}, in {seen[case.id]} and {path}.")
            seen[case.id] = path
            made.append(case if case.source else replace(case, source=path.stem))
    return made


def choose(
    cases: Sequence[Case], *, half: str = "", tags: Sequence[str] = (), sample: int | None = None, seed: int = 1
) -> list[Case]:
    """Chooses the cases of a half and with any of the tags, at most ``sample`` of them. The same seed chooses the same
    cases, in the suite's order. Raises InvalidInput if none is left."""
    left = [each for each in cases if half in ("", each.half) and (not tags or set(tags) & set(each.tags))]
    if sample is not None and sample < len(left):
        picked = set(random.Random(seed).sample(range(len(left)), sample))  # noqa: S311 - a sample, not a secret
        left = [each for at, each in enumerate(left) if at in picked]
    if not left:
        raise InvalidInput("No case is left to run.")
    return left
