"""Aliases of a draft: people's words for the action, from its verb and its record's nouns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from language.text import pluralize, with_article
from registry.importing.document.description import Operation
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS, to_imperative
from registry.importing.kinds.candidates import shape
from registry.importing.kinds.drafting import KindDraft
from registry.importing.kinds.nouns import read_title_noun

MAX_ALIASES: Final = 12
_ON_ONE: Final = {"DELETE": "delete", "PATCH": "update", "PUT": "update"}
_TITLES: Final = frozenset({"name", "title", "full_name", "display_name", "label", "subject"})
_LIKE: Final = {
    "clone": ("copy", "duplicate"), "duplicate": ("copy",), "copy": ("duplicate",), "revive": ("restore", "bring back"),
    "restore": ("bring back",), "trigger": ("run", "start"), "execute": ("run",), "launch": ("start",),
    "destroy": ("delete",), "terminate": ("stop",),
}  # fmt: skip
"""A platform's verb → people's words for it."""
_SWITCHED: Final = {
    "enabled": ("enable", "disable", "turn on", "turn off"), "active": ("activate", "deactivate"),
    "activated": ("activate", "deactivate"), "disabled": ("disable", "enable"),
}  # fmt: skip
_SWITCHES: Final = {"on": "turn on", "off": "turn off", "enable": "turn on", "disable": "turn off"}


def write_aliases(
    operation: Operation, title: str, parameters: Mapping[str, Any], kinds: Sequence[KindDraft]
) -> list[str]:
    """``turn on a flag`` for ``POST /flags/{name}/on``: the verbs of the title, the path and the method with each noun
    of the operation's record. None if the operation is about no kind, or about a part of a record."""
    kind, segment = _about(operation, kinds)
    if kind is None:
        return []
    nouns = [each for each in kind.entry["nouns"] if pluralize(each) in kind.entry["nouns"]]
    renames = any(each in parameters or f"body_{each}" in parameters for each in _TITLES & set(kind.entry["fields"]))
    verbs = list(dict.fromkeys(_verbs(operation, title, nouns, segment, renames=renames)))
    masked = any(words.to_snake_case(each.name) == "update_mask" for each in operation.parameters)
    if operation.method == "PATCH" and not segment and not masked:  # no other part of the record is rewritten
        verbs += [each for each in _switching_verbs(parameters) if each not in verbs]
    said = f"{title} ".lower()
    made = [f"{verb} {with_article(noun)}" for verb in verbs for noun in nouns]
    return [each for each in dict.fromkeys(made) if not said.startswith(f"{each} ")][:MAX_ALIASES]


def makes_record(operation: Operation, kinds: Sequence[KindDraft]) -> bool:
    """Whether an operation creates a record of a kind, or of a collection whose title says that it creates one."""
    here = shape(operation.path)
    if makes_record_of_name(operation, kinds):
        return True
    if operation.method != "POST" or here.endswith("}"):
        return False
    if any(shape(each.path) == f"{here}/{{}}" for each in kinds):
        return True
    return _verb(operation.summary) in ("create", "add", "trigger", "register")


def makes_record_of_name(operation: Operation, kinds: Sequence[KindDraft]) -> bool:
    """Whether an operation creates the record that its path names: "Create a team" at ``POST /teams/{name}``. Nothing
    has that name yet, so nothing can be looked up. A title that also updates ("Create or update a team") is no such."""
    title = operation.summary.strip()
    if operation.method not in ("POST", "PUT") or _verb(title) not in ("create", "add", "register"):
        return False
    here, noun = shape(operation.path), read_title_noun(title).lower()
    return any(
        shape(each.path) == here and noun in {said.lower() for said in (each.noun, *each.entry["nouns"])}
        for each in kinds
    )


def _about(operation: Operation, kinds: Sequence[KindDraft]) -> tuple[KindDraft | None, str]:
    """The kind that an operation is about, and the segment behind its record, if there is one."""
    here = shape(operation.path)
    by_shape = {shape(each.path): each for each in kinds}
    if here in by_shape:
        return by_shape[here], ""
    if operation.method == "POST":
        made = next((each for at, each in by_shape.items() if at == f"{here}/{{}}"), None)
        if made is not None:
            return made, ""
    above, _, last = here.rpartition("/")
    if last.lower() in VERBS or last.lower() in _SWITCHES:
        if above in by_shape:
            return by_shape[above], last.lower()
        # /flags/{name}/environments/{environment}/on switches the flag there
        outer = above.removesuffix("/{}").rpartition("/")[0]
        if above.endswith("/{}") and outer in by_shape:
            return by_shape[outer], last.lower()
    return None, ""


def _switching_verbs(parameters: Mapping[str, Any]) -> Iterator[str]:
    """People's words for a changeable yes or no: "pause" and "unpause" for ``is_paused``."""
    for name, schema in parameters.items():
        if schema.get("type") != "boolean":
            continue
        core = words.split_words(name.removeprefix("is_"))
        if len(core) != 1:
            continue
        if core[0] in _SWITCHED:
            yield from _SWITCHED[core[0]]
            continue
        verb = next((core[0].removesuffix(end) for end in ("ed", "d") if core[0].removesuffix(end) in VERBS), None)
        if verb is not None and verb != core[0]:
            yield from (verb, f"un{verb}")


def _verb(title: str) -> str:
    return to_imperative(title.partition(" ")[0]).lower()


def _verbs(operation: Operation, title: str, nouns: Sequence[str], segment: str, *, renames: bool) -> Iterator[str]:
    verb = _verb(title)
    told = verb in VERBS and read_title_noun(title).lower() in {each.lower() for each in nouns}
    if told:
        yield verb
        yield from _LIKE.get(verb, ())
    if segment:
        yield _SWITCHES.get(segment, segment)
        if segment in VERBS:
            yield segment
    elif operation.method in _ON_ONE:
        if not told:
            yield _ON_ONE[operation.method]
        if operation.method != "DELETE" and renames:
            yield "rename"
    elif operation.method == "POST" and not operation.path.rstrip("/").endswith("}") and not told:
        yield "create"
