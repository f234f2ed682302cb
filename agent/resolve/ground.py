"""From a model's values to a draft's arguments: each must stand on words a person typed, or it is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from agent.pipeline import Argument, Choice, Draft, Mention, Request, Several, Span
from agent.read import Reading, exact, scan
from agent.read.reference import find
from agent.resolve.fill import OPTIONAL_LEAST, REQUIRED_LEAST, fill, lacking
from agent.resolve.locate import locate, overlap, pieces, typed
from agent.resolve.pool import Doubt
from agent.resolve.schema import Entry, Member, Slot, plain
from registry.offer import Offer
from registry.records import RecordKind

_PLAINLY: Final = 0.2
"""By so much better the readers take words for one parameter than for another."""


class Grounding:
    """Turns the calls of one answer into drafts. What was dropped, and what was read without the model, goes into
    ``notes``."""

    def __init__(self, request: Request, kinds: Sequence[RecordKind], notes: list[str], *, alone: bool = True) -> None:
        self._request = request
        self._kinds = kinds
        self._words = typed(request)
        self._notes = notes
        self._alone = alone
        self._given = 0
        self._kept = 0
        self.doubts: dict[str, Doubt] = {}
        """What speaks against a call, by action."""

    @property
    def confidence(self) -> float:
        """The part of what the model gave that was really said: one that makes up arguments may have made up the
        action."""
        return 1.0 if not self._given else round(self._kept / self._given, 4)

    def draft(self, entry: Entry, call: Mapping[str, Any]) -> Draft:
        """``call`` holds the values the model gave by the entry's tokens."""
        arguments: dict[str, Argument] = {}
        taken: list[Span] = []
        given, kept = self._given, self._kept
        for slot in entry.slots.values():
            if slot.token not in call:
                continue
            argument = self._argument(entry.offer, slot, call[slot.token], taken)
            self._given += 1
            if argument is None:
                self._notes.append(f"{entry.offer.name}.{slot.parameter}: dropped, the request doesn't say it")
                continue
            self._kept += 1
            arguments[slot.parameter] = argument
            taken += _spans(argument)
        self._part(entry, arguments)
        self._complete(entry.offer, arguments)
        if self._given > given and self._kept == kept:
            self.doubts[entry.offer.name] = Doubt.GROUNDLESS
        elif lacking(entry.offer, arguments):
            self.doubts[entry.offer.name] = Doubt.LACKING
        return Draft(action=entry.offer.name, version=entry.offer.version, arguments=arguments)

    def _part(self, entry: Entry, arguments: dict[str, Argument]) -> None:
        """Words serve one parameter: where the model gave the same ones to two, the one they fit less loses them, if
        it is optional or they plainly are the other's: what is then lacking is asked for."""
        slots = [
            slot
            for slot in entry.slots.values()
            # "Adam's last invoice" says both whose and which: words for records may be shared.
            if slot.parameter in arguments and not slot.many and not entry.offer.annotation(slot.parameter).record
        ]
        fits = {slot.parameter: self._fit(entry.offer, slot, arguments[slot.parameter]) for slot in slots}
        for slot in sorted(slots, key=lambda each: fits[each.parameter]):
            name = slot.parameter
            others = [(other, span) for other, each in arguments.items() if other != name for span in _spans(each)]
            shared = [[o for o, other in others if overlap(span, other)] for span in _spans(arguments[name])]
            plainly = any(fits.get(other, 0.0) >= fits[name] + _PLAINLY for each in shared for other in each)
            if all(shared) and (not slot.required or plainly):
                del arguments[name]
                self._notes.append(f"{entry.offer.name}.{name}: dropped, its words are another parameter's")

    def _fit(self, offer: Offer, slot: Slot, argument: Argument) -> float:
        """How surely the readers take these words for this parameter."""
        spans = _spans(argument)
        text = self._request.words(spans[0].origin)
        readings = self._readings(text, offer, slot, plain(offer.properties[slot.parameter], offer.parameters))
        fits = (each.confidence for each in readings if each.start < spans[-1].end and spans[0].start < each.end)
        return max(fits, default=0.0)

    def _complete(self, offer: Offer, arguments: dict[str, Argument]) -> None:
        """Reads without the model what it left out, or gave in words of its own. Which record is meant is the words' to say where they
        do: a phrase that a small model cuts short means another record."""
        # Of several calls each has its own part of the request, and which is not known here: what one lacks is asked
        # for.
        if not self._alone:
            return
        taken = [span for argument in arguments.values() for span in _spans(argument)]
        for origin, text in reversed(self._words):
            for name, argument in fill(text, 0, offer, self._kinds, self._request.now, origin).arguments.items():
                # A year that is said once may be that of two days: only the first words must be nobody's.
                free = not any(overlap(one, other) for one in _spans(argument)[:1] for other in taken)
                if name not in arguments and free:
                    arguments[name] = argument
                    self._notes.append(f"{offer.name}.{name}: read from the request without the model")
                elif name in arguments and self._phrase_cut_short(offer, name, argument, arguments[name]):
                    arguments[name] = argument
                    self._notes.append(f"{offer.name}.{name}: the words for it taken, not the model's part of them")

    @staticmethod
    def _phrase_cut_short(offer: Offer, name: str, by_words: Argument, by_model: Argument) -> bool:
        spans = (*_spans(by_words), *_spans(by_model))
        return (
            offer.annotation(name).record is not None
            and by_words != by_model
            and not any(each.origin for each in spans)
        )

    def _argument(self, offer: Offer, slot: Slot, value: Any, taken: Sequence[Span]) -> Argument | None:
        schema = plain(offer.properties[slot.parameter], offer.parameters)
        if not slot.many:
            return self._one(offer, slot, schema, value, taken)
        each = plain(schema.get("items") or {}, offer.parameters)
        items: list[Mention | Choice] = []
        for item in value:
            found = self._one(offer, slot, each, item, [*taken, *(span for made in items for span in made.spans)])
            if found is None:
                self._notes.append(f"{offer.name}.{slot.parameter}: an item dropped, the request doesn't say it")
            else:
                items.append(found)
        return Several(items=tuple(items)) if items else None

    def _one(
        self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Any, taken: Sequence[Span]
    ) -> Mention | Choice | None:
        if slot.closed:
            spans = self._evidence(offer, slot, schema, value)
            return Choice(value=value, spans=spans) if spans else None
        spans = pieces(value, self._words, taken=taken) or self._same_value(offer, slot, schema, value)
        if not spans:
            return None
        return Mention(spans=self._whole(spans, offer.annotation(slot.parameter).record))

    def _whole(self, spans: tuple[Span, ...], record: str | None) -> tuple[Span, ...]:
        """The whole phrase that means a record, where a model copied a part of it: "last invoice" out of "Adam's last
        invoice" would be another record."""
        kind = next((each for each in self._kinds if each.name == record), None)
        if kind is None:
            return spans
        origin, start, end = spans[0].origin, spans[0].start, spans[-1].end
        text = self._request.words(origin)
        around = [(a, b) for a, b in find(text, kind, self._kinds) if a <= start and end <= b]
        if len(around) != 1:
            return spans
        ((a, b),) = around
        return (Span(origin=origin, start=a, end=b, text=text[a:b]),)

    def _evidence(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Member) -> tuple[Span, ...]:
        """The words by which a member of a closed set was chosen: the set's own reader's, else the member's or its
        other words'."""
        if found := self._read(offer, slot, schema, value):
            return found
        if isinstance(value, bool):
            return ()
        annotation = offer.annotation(slot.parameter)
        for said in (str(value), str(value).replace("_", " "), *annotation.words.get(str(value), ())):
            if found := locate(said, self._words):
                return found
        return ()

    def _same_value(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: str) -> tuple[Span, ...]:
        """Where a model converted what was typed ("2026-04-14" for "April 14th"): the typed words that read as that
        very value."""
        annotation = offer.annotation(slot.parameter)
        if annotation.record:
            return ()
        meant = exact(value, name=slot.parameter, schema=schema, annotation=annotation, now=self._request.now)
        return self._read(offer, slot, schema, meant.value) if meant else ()

    def _read(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Any) -> tuple[Span, ...]:
        least = REQUIRED_LEAST if slot.required else OPTIONAL_LEAST
        for origin, text in reversed(self._words):
            for reading in self._readings(text, offer, slot, schema):
                if reading.confidence >= least and type(reading.value) is type(value) and reading.value == value:
                    return (Span(origin=origin, start=reading.start, end=reading.end, text=reading.text),)
        return ()

    def _readings(self, text: str, offer: Offer, slot: Slot, schema: Mapping[str, Any]) -> list[Reading]:
        return scan(
            text,
            name=slot.parameter,
            schema=schema,
            annotation=offer.annotation(slot.parameter),
            now=self._request.now,
            required=slot.required,
        )


def _spans(argument: Argument) -> tuple[Span, ...]:
    if isinstance(argument, Several):
        return tuple(span for item in argument.items for span in item.spans)
    return argument.spans
