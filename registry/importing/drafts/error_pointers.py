"""Error pointers: places in an error answer with the sentence for people, as the document describes it."""

from __future__ import annotations

from typing import Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import Operation, is_json
from registry.importing.document.references import Located
from registry.json_schema.pointer import join_pointer

_SENTENCE_KEYS: Final = (
    "message",
    "detail",
    "msg",
    "error_description",
    "error_message",
    "title",
    "description",
    "reason",
)
_USUAL: Final = ("/message", "/detail", "/error/message", "/error")


def find_error_pointers(operation: Operation, settler: Settler) -> list[str]:
    """Pointers to the sentence of an error answer, as the document describes it, and then where platforms usually have
    one: many documents describe no errors, or only those of validation."""
    responses = operation.responses.members()
    answers = [each for status, each in responses if status[:1] in ("4", "5")] + [
        each for status, each in responses if status == "default"
    ]
    made: list[str] = []
    for answer in answers[:8]:
        for content in _json_contents(settler.reader.follow(answer)):
            made += [each for each in _sentences(settler, content["schema"]) if each not in made]
    return list(dict.fromkeys([*made[:4], *_USUAL]))


def _json_contents(answer: Located) -> list[Located]:
    if "schema" in answer.fields:
        return [Located({"schema": answer.fields["schema"]}, answer.document)]
    return [each for media_type, each in answer["content"].members() if is_json(media_type)][:1]


def _sentences(settler: Settler, schema: Located) -> list[str]:
    settled = settler.of(schema)
    found = [join_pointer(name) for name in _SENTENCE_KEYS if _is_text(settler, settled, name)]
    for name in ("error", "errors", "detail"):
        child = settled.children.get(name)
        inner = settler.settled(child) if child is not None else None
        place = join_pointer(name)
        if inner is not None and inner.kind == "array" and inner.view.items is not None:
            inner, place = settler.of(inner.view.items), f"{place}/0"
        if inner is not None and inner.kind == "object":
            found += [place + join_pointer(key) for key in _SENTENCE_KEYS if _is_text(settler, inner, key)][:1]
    return found[:2]


def _is_text(settler: Settler, settled: Settled, name: str) -> bool:
    child = settled.children.get(name)
    return child is not None and "string" in settler.settled(child).view.types
