"""A request in other words whose places in the request as typed are still known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.pipeline import Argument, Ask, Calls, Draft, ListArgument, Resolution, Span


@dataclass(frozen=True, slots=True)
class AlignedText:
    """``text`` is what is read instead of ``typed``; ``places`` gives, for each of its characters and its end, the
    offset in ``typed`` that it stands for."""

    text: str
    typed: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, typed: str, text: str | None = None) -> AlignedText:
        """As typed, or read as ``text``, which is just as long."""
        return cls(typed if text is None else text, typed, tuple(range(len(typed) + 1)))

    def put(self, pieces: Iterable[tuple[int, int, str]]) -> AlignedText:
        """The same with other words in these places of ``text``, which don't overlap."""
        text, places = self.text, list(self.places)
        for start, end, words in sorted(pieces, reverse=True):
            own = places[start:end]
            places[start:end] = [own[min(at, len(own) - 1)] for at in range(len(words))]
            text = text[:start] + words + text[end:]
        return AlignedText(text, self.typed, tuple(places))

    def as_typed(self, resolution: Resolution) -> Resolution:
        """The same resolution, its words those that were typed."""
        if self.text == self.typed or not isinstance(resolution, Calls | Ask):
            return resolution
        return resolution.model_copy(update={"drafts": tuple(self._draft(draft) for draft in resolution.drafts)})

    def _draft(self, draft: Draft) -> Draft:
        arguments = {name: self._move_argument(each) for name, each in draft.arguments.items()}
        return draft.model_copy(update={"arguments": arguments})

    def _move_argument(self, argument: Argument) -> Argument:
        if isinstance(argument, ListArgument):
            items = tuple(each.model_copy(update={"spans": self._move_spans(each.spans)}) for each in argument.items)
            return ListArgument(items=items)
        return argument.model_copy(update={"spans": self._move_spans(argument.spans)})

    def _move_spans(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(span if span.origin else self.span(span) for span in spans)

    def span(self, span: Span) -> Span:
        end = span.end
        # A word that was made longer ends where the next one begins.
        while span.start < end < len(self.text) and self.places[end] == self.places[end - 1]:
            end += 1
        first, last = self.places[span.start], self.places[min(end, len(self.text))]
        while last > first + 1 and self.typed[last - 1].isspace():
            last -= 1
        return Span(start=first, end=last, text=self.typed[first:last])
