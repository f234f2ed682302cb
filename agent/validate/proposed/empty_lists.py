"""Empty lists: required lists of a call that nothing was said of, beside others that the words were sorted into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.pipeline import PromptSource
from agent.validate import evidence
from agent.validate.slots import Pinned, Read, Slots, find_answer
from registry.contract import Contract


def find_empty_lists(slots: Slots, contract: Contract, read: Mapping[str, Pinned]) -> dict[str, Read]:
    """Required lists without a value where ``read`` has others of the very same items: that none of the words belongs
    there is the model's reading of them, and shown as that. One that needs an item is left to be asked for."""
    lists = {name: each for name, each in contract.properties.items() if _is_list(each)}
    full = {name: each for name, each in read.items() if name in lists and isinstance(each, Read) and each.value}
    spans = {name: each.source.spans for name, each in full.items() if isinstance(each.source, PromptSource)}
    made: dict[str, Read] = {}
    for name, schema in lists.items():
        alike = [spans[other] for other in spans if lists[other].get("items") == schema.get("items")]
        open_to_it = name in contract.required and name not in read and not schema.get("minItems")
        if not alike or not open_to_it or "default" in schema or contract.annotation(name).record is not None:
            continue
        if evidence.may_be_read(contract, name) and find_answer(slots.request, slots.slot(name)) is None:
            source = PromptSource(spans=alike[0], reading="none of these", read_by="model")
            made[name] = Read([], "none", source)
    return made


def _is_list(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "array"
