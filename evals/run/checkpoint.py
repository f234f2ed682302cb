"""Checkpoint of a run: its answers so far, so that a killed run can be resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from core.errors import InvalidInput
from evals.run.case_result import CaseResult, parse_result
from evals.run.runner import Key


class Checkpoint:
    """Checkpoint file beside the report: a first line that identifies the run, then one answer a line. Whoever has
    written the report deletes it."""

    def __init__(self, path: Path, fingerprint: str, *, resume: bool) -> None:
        """``resume`` keeps the file's answers. Raises InvalidInput if they are of another run."""
        self.path = path
        self.done: dict[Key, CaseResult] = {}
        if resume and path.exists():
            self.done = _read(path, fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("w", encoding="utf-8")
        self._put({"run": fingerprint})
        for each in self.done.values():
            self._put(each.as_json())

    def add(self, entry: CaseResult) -> None:
        """Adds one answer. Errors are not kept: they are tried again."""
        if not entry.error:
            self._put(entry.as_json())

    def close(self) -> None:
        self._file.close()

    def _put(self, value: object) -> None:
        self._file.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        self._file.flush()


def _read(path: Path, fingerprint: str) -> dict[Key, CaseResult]:
    lines = path.read_text("utf-8").split("\n")[:-1]  # a line without its end was being written when the run was killed
    try:
        of, *kept = [json.loads(line) for line in lines] or [{}]
        if of.get("run") != fingerprint:
            raise InvalidInput(
                f"{path} is of another run: other cases, resolver or options. Leave out --resume to start over."
            )
        return {(each.id, each.take): each for each in map(parse_result, kept)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{path} can't be taken up again ({error!r}). Leave out --resume to start over.") from error
