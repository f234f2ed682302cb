"""Proposal form: the form that a model answers in, full or plain (for small models).

``auto`` tests the model. A model on the owner's own server gets four small requests in the full form, once per process.
If it doesn't get all of them right, it is asked in the plain form.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final

from agent.pipeline import Request
from agent.planning.proposal import (
    BelongsTo,
    ComputedArgument,
    Find,
    NoneResult,
    Number,
    PlanResult,
    Proposal,
    RecordArgument,
)
from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.resolver import MAX_TOKENS, Client, prepare
from core.errors import ModelMisbehaved, ModelUnavailable
from core.settings import ModelForm
from prompts import DEFAULT_VERSION, PLAIN_VERSION
from registry.contract import Annotation, Unit
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

log = logging.getLogger(__name__)

_ZONE: Final = RecordKind(
    name="zone", title="Zone", nouns=("zone",), id_field="id", label="{name}",
    fields=(Field("id", "id", "Zone"), Field("name", "string", "Name", search="name")),
)  # fmt: skip
_GATE: Final = RecordKind(
    name="gate", title="Gate", nouns=("gate",), id_field="id", label="{id}", states={"open": {"status": ("open",)}},
    fields=(Field("id", "id", "Gate", search="number"), Field("zone_id", "id", "Zone"),
            Field("status", "enum", "Status", values=("open", "shut"))),
    relations=(Relation("zone", "zone_id"),),
)  # fmt: skip
_FEE: Final = Offer(
    "park.set_fee", 1, "Set a zone's fee", "Set the parking fee of a zone.",
    {"type": "object", "properties": {"zone_id": {"type": "integer"}, "fee": {"type": "number"}},
     "required": ["zone_id", "fee"]},
    annotations={"zone_id": Annotation(record="zone"), "fee": Annotation(unit=Unit.MONEY)},
)  # fmt: skip
_SHUT: Final = Offer(
    "park.shut_gate", 1, "Shut a gate", "Shut an open gate.",
    {"type": "object", "properties": {"gate_id": {"type": "integer"}}, "required": ["gate_id"]},
    annotations={"gate_id": Annotation(record="gate")},
)  # fmt: skip
_NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def _sets_the_fee(made: Proposal) -> bool:
    call = made.result.calls[0] if isinstance(made.result, PlanResult) and len(made.result.calls) == 1 else None
    fee = call.arguments.get("fee") if call is not None else None
    amount = fee.expression if isinstance(fee, ComputedArgument) else None
    return isinstance(amount, Number) and float(amount.number) == 2.5 and _names(call and call.arguments.get("zone_id"))


def _shuts_the_gate(made: Proposal) -> bool:
    call = made.result.calls[0] if isinstance(made.result, PlanResult) and len(made.result.calls) == 1 else None
    gate = call.arguments.get("gate_id") if call is not None else None
    found = gate.reference if isinstance(gate, RecordArgument) else None
    if not isinstance(found, Find) or found.record != "gate":
        return False
    owners = [each.owner for each in found.where if isinstance(each, BelongsTo)]
    return any(_names(RecordArgument(reference=owner)) for owner in owners)


def _sets_the_fee_and_tells_the_rest(made: Proposal) -> bool:
    """The limit of the order is left over, and no part of it is set aside."""
    aside = " ".join(each.words.text for each in made.asides or ())
    return _sets_the_fee(made) and "Sunday" in " ".join(made.left_over) and "Sunday" not in aside


def _does_nothing(made: Proposal) -> bool:
    return isinstance(made.result, NoneResult)


def _names(argument: object) -> bool:
    found = argument.reference if isinstance(argument, RecordArgument) else None
    return isinstance(found, Find) and found.record == "zone" and found.said is not None and "Birch" in found.said.text


_PROBES: Final = (
    ("set the fee of zone Birch to 2.50", _sets_the_fee),
    ("shut the open gate of Birch", _shuts_the_gate),
    ("water the roses", _does_nothing),
    (
        "it was quiet all week, set the fee of zone Birch to 2.50, but not before Sunday",
        _sets_the_fee_and_tells_the_rest,
    ),
)


class FormChoice:
    """Chooses the form once. ``probes`` lets ``auto`` test the model. Without it, ``auto`` means the full form."""

    def __init__(self, client: Client, form: ModelForm, *, probes: bool) -> None:
        self._client = client
        self._version = {"full": DEFAULT_VERSION, "plain": PLAIN_VERSION}.get(form)
        if self._version is None and not probes:
            self._version = DEFAULT_VERSION
        self._lock = asyncio.Lock()

    async def version(self) -> str:
        """The version of the prompt to use. If the model can't be asked now, it is the full form's, and the model is
        tested later."""
        if self._version is not None:
            return self._version
        async with self._lock:
            if self._version is None:
                try:
                    self._version = DEFAULT_VERSION if await takes_full_form(self._client) else PLAIN_VERSION
                except ModelUnavailable:
                    return DEFAULT_VERSION
                log.info("the model is asked in the %s form", self._version.partition("/")[0])
        return self._version


async def takes_full_form(client: Client) -> bool:
    """Whether a model gets four small requests right in the full form. Raises ModelUnavailable."""
    shortlist = Shortlist([_FEE, _SHUT], role="owner")
    for text, right in _PROBES:
        asked = prepare(Request(text=text, now=_NOW), shortlist, (_ZONE, _GATE))
        shape = AnswerShape(asked.schema.schema, asked.parser)
        try:
            completion = await client.complete(asked.messages, shape, max_tokens=MAX_TOKENS)
        except ModelMisbehaved:
            return False
        if completion.value is None or not right(asked.parser.parse(completion.value)):
            return False
    return True
