"""Text parameters: which parameters of an action take words as they are, and whether those are sent or kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from agent.extract.parameter_spec import make_parameter_spec
from language.opposites import TAKING_AWAY
from language.stems import READING, stem, stem_text
from language.text import word_set
from registry.contract import Annotation, Contract
from registry.offers.offer import Offer

TELLING: Final = word_set("tell reply answer respond write let inform say message text email mail remind warn notify")
"""Verbs that say something to somebody."""
_MESSAGES: Final = frozenset(
    map(stem, ("message", "text", "body", "answer", "reply", "content", "comment", "words", "memo"))
)
_ANY_TEXT: Final = frozenset(map(stem, ("text", "body", "content", "words")))
"""What any text may be called. A label that says something else tells what it is: "For", "Title"."""
_NAME: Final = stem("name")
_NOTE_PUT: Final = re.compile(r"(?<!\w)(?P<verb>[^\W\d_]+)\s+an?\s+(?P<noun>[^\W\d_]+)\b")
KEPT: Final = frozenset(map(stem, ("note", "remark")))
NOTES: Final = frozenset(map(stem, ("note", "comment", "memo", "remark", "text", "message")))


def takes_text(name: str, schema: Any, annotation: Annotation) -> bool:
    """Whether a parameter takes words as they are, and nothing of a shape, as a phone number has one."""
    if not isinstance(schema, Mapping) or schema.get("type") != "string" or annotation.record is not None:
        return False
    if name.rpartition("_")[2] in ("id", "uuid"):
        return False  # what its platform calls a thing of which no record is known
    if {"enum", "const", "format", "pattern"} & set(schema) or annotation.derive is not None:
        return False
    return "text" in make_parameter_spec(name, schema, annotation).kinds


def is_message(name: str, annotation: Annotation) -> bool:
    return annotation.compose is True or bool(_list_told(name, annotation) & _MESSAGES)


def is_sent(name: str, annotation: Annotation) -> bool:
    """Whether a text goes out to somebody. One that is called a note is kept, whoever words it."""
    return is_message(name, annotation) and not is_kept(name, annotation)


def is_kept(name: str, annotation: Annotation) -> bool:
    """Whether a text is called a note."""
    return not list_named(name, annotation).isdisjoint(KEPT)


def is_note(name: str, annotation: Annotation) -> bool:
    """Whether a text is kept with a record rather than sent to anybody."""
    return bool(_list_told(name, annotation) & (KEPT if annotation.compose is True else NOTES))


def find_note_verb(text: str, contract: Contract | Offer) -> str | None:
    """The stem of the verb that puts a note on something, whatever it is: "pop a note on 7". None for an action without
    a note, and for a verb that looks at one or takes it away."""
    needed = contract.required
    if not any(is_note(name, contract.annotation(name)) for name in needed if contract.annotation(name).record is None):
        return None
    found = _NOTE_PUT.search(text)
    verb = stem(found["verb"].casefold()) if found is not None and stem(found["noun"].casefold()) in NOTES else None
    return verb if verb is not None and verb not in TAKING_AWAY | READING else None


def find_title(offer: Offer) -> str | None:
    """The one text that an action needs, if that is what a new thing is called, and no name, message or note."""
    texts = [name for name in offer.required if takes_text(name, offer.properties.get(name), offer.annotation(name))]
    annotation = offer.annotation(texts[0]) if len(texts) == 1 else None
    if annotation is None or is_message(texts[0], annotation) or is_note(texts[0], annotation):
        return None
    return None if _NAME in list_named(texts[0], annotation) else texts[0]


def list_named(name: str, annotation: Annotation) -> frozenset[str]:
    """The stems of a parameter's name and label."""
    return frozenset((*stem_text(name.replace("_", " ")), *stem_text(annotation.label or "")))


def _list_told(name: str, annotation: Annotation) -> frozenset[str]:
    """``list_named`` without a name that any text may have, if a label tells more."""
    told = frozenset(stem_text(annotation.label or ""))
    more = bool(annotation.label) and told.isdisjoint(_MESSAGES | NOTES)
    return list_named(name, annotation) - (_ANY_TEXT if more else frozenset())
