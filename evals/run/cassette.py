"""Recorded model answers by exact request, in a file that can be committed, so that a suite can be replayed without a
model or network.

One JSON line an answer, ordered by key, so that two recordings can be compared line by line. The key is the digest of
everything that decides an answer: model, mode, messages, the answer's schema, and the repetition. Only that digest is
kept of a request. An answer that fits no schema is recorded; a missing answer is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.client import Completion
from agent.resolve.model.resolver import Client
from core import canon
from core.errors import InvalidInput, ModelMisbehaved, ModelUnavailable


class NotRecorded(ModelUnavailable):
    """This exact request is not on the cassette, and no model may be asked."""

    code = "not_recorded"


class Cassette:
    """The answers of one file. ``hits`` and ``misses`` count look-ups. Each new answer is appended immediately, so that
    a killed run loses none. ``close`` puts all of them in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hits = 0
        self.misses = 0
        self._kept = _read(path) if path.exists() else {}
        self._used: set[str] = set()
        self._added = False

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def unused(self) -> int:
        """Number of answers that nobody asked for, left from requests that are no longer made."""
        return len(self._kept) - len(self._used)

    def find(self, key: str) -> Mapping[str, Any] | None:
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
            self._used.add(key)
        return found

    def add(self, key: str, answer: Mapping[str, Any]) -> None:
        self._kept[key] = answer
        self._used.add(key)
        self._added = True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_make_line(key, answer))

    def close(self, *, prune: bool = False) -> None:
        """Sorts the file. ``prune`` drops the answers that were not used."""
        if prune:
            self._kept = {key: answer for key, answer in self._kept.items() if key in self._used}
        if self._added or (prune and self.path.exists()):
            text = "".join(_make_line(key, answer) for key, answer in sorted(self._kept.items()))
            fresh = self.path.with_suffix(self.path.suffix + ".new")
            fresh.write_text(text, "utf-8")
            fresh.replace(self.path)


class Recorded:
    """Model client in front of another: answers from the cassette if it can. ``behind`` None means that no model is
    asked. ``model`` and ``mode`` are those of the client behind, ``take`` is the repetition."""

    def __init__(self, cassette: Cassette, behind: Client | None, *, model: str, mode: str, take: int = 0) -> None:
        self._cassette = cassette
        self._behind = behind
        self._model = model
        self._mode = mode
        self._take = take

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: AnswerShape, *, legal: str = "", max_tokens: int = 512
    ) -> Completion:
        """Answers from the cassette, else asks the client behind. Raises NotRecorded, and what the client behind
        raises."""
        key = canon.digest(
            {
                "model": self._model,
                "mode": self._mode,
                "messages": [dict(message) for message in messages],
                "schema": shape.titled_schema,
                "take": self._take,
            }
        )
        kept = self._cassette.find(key)
        if kept is not None:
            return _make_completion(kept, messages, shape)
        if self._behind is None:
            raise NotRecorded(
                f"{self._cassette.path.name} holds no answer of {self._model} to this request: the prompt, the "
                f"contracts "
                "or the shortlist have changed since it was recorded. Record again, without --replay."
            )
        try:
            made = await self._behind.complete(messages, shape, legal=legal, max_tokens=max_tokens)
        except ModelMisbehaved as error:
            self._cassette.add(key, {"misbehaved": error.detail})
            raise
        self._cassette.add(key, _make_kept(made))
        return made


def _make_kept(made: Completion) -> dict[str, Any]:
    return {
        "model": made.model,
        "mode": made.mode,
        "value": made.value,
        "text": made.text,
        "tokens_in": made.tokens_in,
        "tokens_out": made.tokens_out,
        "cost": made.cost,
        "ms": round(made.duration_ms, 1),
        "attempts": made.attempts,
        "notes": list(made.notes),
    }


def _make_completion(kept: Mapping[str, Any], messages: Sequence[Mapping[str, str]], shape: AnswerShape) -> Completion:
    if "misbehaved" in kept:
        raise ModelMisbehaved(kept["misbehaved"])
    if kept["value"] is not None and shape.find_fault(kept["value"]) is not None:
        raise InvalidInput("An answer on the cassette does not fit its own request; record it again.")
    return Completion(
        value=kept["value"],
        text=kept["text"],
        model=kept["model"],
        mode=kept["mode"],
        messages=tuple(dict(message) for message in messages),
        tokens_in=kept["tokens_in"],
        tokens_out=kept["tokens_out"],
        cost=kept["cost"],
        duration_ms=kept["ms"],
        attempts=kept["attempts"],
        notes=tuple(kept["notes"]),
    )


def _make_line(key: str, answer: Mapping[str, Any]) -> str:
    return json.dumps({"key": key, **answer}, ensure_ascii=False, sort_keys=True) + "\n"


def _read(path: Path) -> dict[str, Mapping[str, Any]]:
    kept: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            value = json.loads(line)
            kept[value.pop("key")] = value
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput(f"{path}:{number} is no recorded answer ({error!r}).") from error
    return kept
