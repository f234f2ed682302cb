"""A text's tokens, and which of them have been understood."""

from __future__ import annotations

from language.text import Text


class TokenCover:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.tokens = text.tokens
        self.used = [False] * len(text.tokens)
        self.spans: list[tuple[int, int]] = []

    def take(self, first: int, last: int) -> None:
        """Tokens ``first`` up to ``last`` are understood; what they say is not read again."""
        for index in range(first, last):
            self.used[index] = True
        self.spans.append(self.text.span(self.tokens[first].start, self.tokens[last - 1].end))
