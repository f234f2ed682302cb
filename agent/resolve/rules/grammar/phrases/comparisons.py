"""Comparisons behind a noun: amounts, lengths of time and numbered fields ("over 100 EUR", "on floor 2")."""

from __future__ import annotations

from agent.planning.proposal import Compare, Comparison, Day
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.fields import numbered_field
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader


def compared(reader: Reader, made: PhraseParts, at: int) -> int:
    """ "over 100 EUR", "nine days late at least", "older than 30 days"."""
    start = at + 1 if reader.low(at) in {"for", "worth", "of", "with"} else at
    found = reader.comparison(start)
    if found is None:
        return 0
    op, length = found
    after = start + length
    ago = reader.duration(after)
    if ago is not None:
        lasting = start > at and reader.low(at) == "for"
        return _aged(reader, made, after, ago[1], ago[0].isoformat(), op, lasting=lasting)
    amount = reader.amount(after)
    if amount is None or made.kind.size is None or (made.kind.order and reader.low(amount[1]) in lexicon.UNITS):
        return 0
    made.where.append(Compare(field=made.kind.size, op=op, value=amount[0]))
    return amount[1]


def numbered(reader: Reader, made: PhraseParts, at: int) -> int:
    """ "on floor 2"."""
    found = numbered_field(reader, made.kind, at)
    made.where += [found[0]] if found is not None else []
    return found[1] if found is not None else 0


def _aged(
    reader: Reader, made: PhraseParts, first: int, last: int, day: str, op: Comparison, *, lasting: bool = False
) -> int:
    line, end = made.kind.order, last
    if reader.low(last) in lexicon.OLD:
        end = last + 1
    elif (state := reader.state(last, made.kind)) is not None:
        named = reader.date_field(made.kind, last)
        made.where.append(state[0])
        line, end = named.name if named is not None else line, last + state[1]
    elif not lasting and reader.low(first - 1) == "than" and reader.low(first - 2) in {"more", "less", "longer"}:
        return 0
    if line is None:
        return 0
    turned: dict[str, Comparison] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
    if op not in turned:
        return 0
    made.where.append(Compare(field=line, op=turned[op], value=Day(date=day, quote=reader.words(first, last))))
    return end
