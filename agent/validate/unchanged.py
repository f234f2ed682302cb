"""Idempotence of a call: whether its record already has every value that the call would write.

A contract says which field a parameter replaces. Where it says nothing, that is inferred only for an action that sets
one closed value or one relation of one record, and is named after that.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from agent.pipeline import DefaultSource, PromptSource, Question, RecordSource, Refusal, Step
from agent.validate.questions import format_member_id, join, list_choices, list_members
from agent.validate.records.field_words import is_noun, name_field
from agent.validate.records.located import LocatedRecord
from agent.validate.slots import Slots
from core.display_text import begin_sentence, to_display_text
from language.stems import stem_text
from registry.contract import Contract, Derive, Risk, Unit

_SETTING: Final = frozenset(stem_text("set change update edit modify patch switch move assign reassign mark"))
_CLOSED: Final = frozenset({"enum", "string", "boolean"})
"""Types of a field that a closed list can be compared with."""
_LEFT: Final = re.compile(
    r"(?<!\w)(?:from|off|out\s+of|(?:no\s+longer|not)\s+(?:on|in|at|with))\s+(?:the\s+|their\s+|his\s+|her\s+)?$",
    re.IGNORECASE,
)
"""Stands before a value that is left, and not before one that is reached."""
_NEAR: Final = 30
_LITTLE: Final = frozenset(("of", "the", "to"))


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """What is so already, ``told`` in words without a full stop. ``records`` have it. ``kept`` says since when, if one
    of them is a cached copy and was not just read from its platform."""

    told: str
    records: tuple[LocatedRecord, ...]
    kept: str


def find_already_so(slots: Slots) -> AlreadySo | None:
    """What is so already, if the call would change nothing. None if it would, or if that isn't certain."""
    written = _list_written(slots)
    told: list[str] = []
    records: dict[tuple[str, str], LocatedRecord] = {}
    for name, target in written.items():
        found = slots.records.get(target.parameter, ())
        if not found or not all(_has_value(slots, name, target.field, each) for each in found):
            return None
        told += [_tell(slots, name, target.field, each) for each in found]
        records |= {each.key: each for each in found}
    if not written or not all(name in written or _only_accompanies(slots, name, written) for name in slots.filled):
        return None
    kept = next((each.kept for each in records.values() if each.kept), "")
    return AlreadySo(". ".join(told), tuple(records.values()), kept)


def ask_what_instead(slots: Slots) -> Question | None:
    """Asks for the new value if the words only say the one to leave, which the record has: "take Ada off the pro
    plan"."""
    already = find_already_so(slots)
    for name in _list_written(slots) if already is not None else ():
        source, value = slots.filled[name].source, slots.filled[name].value
        span = source.spans[0] if isinstance(source, PromptSource) and source.spans else None
        others = [each for each in list_choices(slots.schema(name)) if each.id != format_member_id(value)]
        if already is None or span is None or span.origin or not others:
            continue
        if _LEFT.search(slots.request.text, max(0, span.start - _NEAR), span.start) is not None:
            choices = join([each.label for each in others], "or")
            told = already.told.removesuffix(" already")
            asked = slots.ask(name, f"{told} now. What should it be instead: {choices}?", "missing")
            return asked.model_copy(update={"candidates": tuple(others)})
    return None


def _list_written(slots: Slots) -> Mapping[str, Derive]:
    """The filled parameters that write a field of another parameter's record, as declared or else as inferred."""
    annotations = {name: slots.annotation(name) for name in slots.contract.properties}
    if any(each.replaces is not None for each in annotations.values()):
        return {name: each.replaces for name, each in annotations.items() if each.replaces and name in slots.filled}
    return _infer_written(slots)


def _only_accompanies(slots: Slots, name: str, written: Mapping[str, Derive]) -> bool:
    """Whether a parameter says nothing of its own: it is the record itself or its owner, derived, or a default."""
    targets = {each.parameter for each in written.values()}
    source, annotation = slots.filled[name].source, slots.annotation(name)
    if name in targets or isinstance(source, DefaultSource) or (annotation.derive and isinstance(source, RecordSource)):
        return True
    owner = slots.records.get(name, ())
    owned = [each for target in targets for each in slots.records.get(target, ())]
    return len(owner) == 1 and all(
        (relation := each.kind.relation_to(owner[0].record.kind)) is not None
        and str(each.record.values.get(relation.via)) == owner[0].record.id
        for each in owned
    )


def _has_value(slots: Slots, name: str, field: str, found: LocatedRecord) -> bool:
    """Whether the record's field holds the parameter's value. Ids are compared as text, words of a closed list without
    regard to case, and everything else exactly."""
    parameter, value, held = slots.parameter(name), slots.filled[name].value, found.record.values.get(field)
    declared = found.kind.field_named(field)
    if held is None or declared is None:
        return False
    if parameter.is_money and (parameter.annotation.unit is Unit.MONEY_MINOR) != (declared.type == "money_minor"):
        return False
    if parameter.annotation.record is not None:
        return str(held) == str(value)
    if isinstance(held, bool) or isinstance(value, bool):
        return held is value
    if isinstance(held, str) and isinstance(value, str) and value in list_members(parameter.schema):
        return held.casefold() == value.casefold()
    return bool(held == value)


def _tell(slots: Slots, name: str, field: str, found: LocatedRecord) -> str:
    """``The plan of Ada Berg is pro already``."""
    declared, shown = found.kind.field_named(field), slots.filled[name].shown
    title = name_field(declared, found.kind).removesuffix(" id") if declared else field.replace("_", " ")
    title, whose = to_display_text(title), found.label if any(map(str.isalpha, found.label)) else found.named
    if shown.casefold() in whose.casefold():  # "the plan of pro, 49 EUR a month"
        owners = (f"{each.via.removesuffix('_id')}_name" for each in found.kind.relations)
        owner = next((held for each in owners if (held := found.record.values.get(each))), None)
        whose = to_display_text(str(owner)) if owner else whose
    if isinstance(slots.filled[name].value, bool):
        return begin_sentence(f"{whose}: {title} is {shown} already")
    if not is_noun(title):
        return begin_sentence(f"{whose}: {title} {shown} already")
    be = "are" if title.endswith("s") and not title.endswith(("ss", "us", "is")) else "is"
    return f"The {title} of {whose} {be} {shown} already"


# ── inference ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _infer_written(slots: Slots) -> Mapping[str, Derive]:
    """The parameter that writes the other one's field of its own name, or nothing."""
    contract, required = slots.contract, slots.contract.required
    if contract.risk is not Risk.WRITE or len(required) != 2 or set(slots.filled) != set(required):
        return {}
    return {
        other: Derive(parameter=record, field=field)
        for record, other in permutations(required)
        if (field := _find_field(slots, record, other)) is not None and _is_named_after(slots, record, other)
    }


def _find_field(slots: Slots, record: str, other: str) -> str | None:
    """The field of ``record`` that has the name of ``other``: a closed value that words gave, or the relation to the
    other record, unless the record was found through that one."""
    found, named = slots.records.get(record, ()), slots.records.get(other, ())
    if len(found) != 1 or slots.parameter(record).is_array or slots.parameter(other).is_array:
        return None
    kind = found[0].kind
    if slots.annotation(other).record is None:
        field, said = kind.field_named(other), isinstance(slots.filled[other].source, PromptSource)
        closed = field is not None and field.type in _CLOSED and bool(list_members(slots.schema(other)))
        return other if closed and said else None
    if len(named) != 1 or named[0].key in {each.key for each in found[0].all()}:
        return None
    relations = [each.via for each in kind.relations if each.kind == named[0].record.kind]
    return next((via for via in relations if via.removesuffix("_id") == other.removesuffix("_id")), None)


def _is_named_after(slots: Slots, record: str, other: str) -> bool:
    """Whether the action's name is a verb of setting and the record or the value: ``set_priority``, ``assign_ticket``,
    but not ``set_reminder``, which has a priority too."""
    kinds = [each.kind for name in (record, other) for each in slots.records.get(name, ())]
    nouns = [record, other, *(noun for kind in kinds for noun in (kind.name, kind.title, *kind.nouns))]
    known = {root for noun in nouns for root in stem_text(noun.replace("_", " "))}
    said = {*stem_text(slots.contract.name.rpartition(".")[2].replace("_", " "))} - _LITTLE
    return bool(said & _SETTING) and said - _SETTING <= known


def refuse_second_value(
    contract: Contract, step: Step, planned: Sequence[Step], unchanged: Container[int]
) -> Refusal | None:
    """Refuses a call that sets a field of a record which another call of the plan sets to something else: "approve 7,
    decline the rest", where the rest is read as 7 again. The ``unchanged`` places of the plan set nothing: "take Ada
    off basic and put her on pro"."""
    mine = {each.param: each for each in step.filled}
    for other in [each for at, each in enumerate(planned) if each.action == step.action and at not in unchanged]:
        theirs = {each.param: each for each in other.filled}
        for name, value in mine.items():
            replaced = contract.annotation(name).replaces
            one = mine.get(replaced.parameter) if replaced is not None else None
            if one is None or name not in theirs or theirs[name].value == value.value:
                continue
            before = theirs.get(one.param)
            if before is not None and before.value == one.value:
                said = f"“{value.label}” of {one.shown} would be both {theirs[name].shown} and {value.shown}."
                return Refusal(code="invalid", detail=f"{said} Say which; nothing was done.")
    return None
