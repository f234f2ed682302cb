"""Aliases of a draft: what people call the action, from its verb and what its record is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from registry.importing.document.operations import Operation
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS, to_imperative
from registry.importing.kinds.finding import KindDraft, shape
from registry.importing.kinds.nouns import read_title_noun

MAX_ALIASES: Final = 12
_ON_ONE: Final = {"DELETE": "delete", "PATCH": "update", "PUT": "update"}
_TITLES: Final = frozenset({"name", "title", "full_name", "display_name", "label", "subject"})
_SWITCHES: Final = {"on": "turn on", "off": "turn off", "enable": "turn on", "disable": "turn off"}


def write_aliases(
    operation: Operation, title: str, parameters: Collection[str], kinds: Sequence[KindDraft]
) -> list[str]:
    """``turn on a flag`` for ``POST /flags/{name}/on``: the verbs of the title, the path and the method with each noun
    of the record that it is about. None where it is about no kind, or about something of one of its records."""
    kind, segment = _about(operation, kinds)
    if kind is None:
        return []
    nouns = [each for each in kind.entry["nouns"] if words.to_plural(each) in kind.entry["nouns"]]
    renames = bool(_TITLES & set(kind.entry["fields"]) & set(parameters))
    verbs = list(dict.fromkeys(_verbs(operation, title, nouns, segment, renames=renames)))
    said = f"{title} ".lower()
    made = [f"{verb} {'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}" for verb in verbs for noun in nouns]
    return [each for each in dict.fromkeys(made) if not said.startswith(f"{each} ")][:MAX_ALIASES]


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


def _verbs(operation: Operation, title: str, nouns: Sequence[str], segment: str, *, renames: bool) -> Iterator[str]:
    verb = to_imperative(title.partition(" ")[0]).lower()
    told = verb in VERBS and read_title_noun(title).lower() in {each.lower() for each in nouns}
    if told:
        yield verb
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
