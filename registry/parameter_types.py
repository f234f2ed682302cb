"""Types of a contract's parameters: the one list of what a value may be in words (a date, a sum of money, a code). A
contract declares one by the ``format`` of its JSON Schema (``BY_FORMAT``).

Where no ``format`` does, the type is chosen in ``agent.extract.parameter_spec`` (by JSON Schema, name and description).
It is read in ``agent.extract.parameter_reader``, which must have a reader for each (mypy says so; a shape such as an
IBAN's is a line of ``agent.extract.spans.patterns``). The reader also says how a card shows the value; the field in
which a card is edited takes words, so it is read by the same reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

ParameterType = Literal[
    "array",
    "boolean",
    "code",  # an identifier with digits in it: "INV-1042"
    "currency",
    "date",
    "datetime",
    "duration",
    "email",
    "enum",  # one of the values that the schema lists
    "epoch",  # a moment, sent as a number of seconds
    "ip",
    "joined",  # several values in one text, with commas between them
    "money",
    "month",
    "number",
    "object",  # never read from words
    "options",  # one of the values that the description lists
    "pattern",  # what fits the schema's own pattern
    "percent",
    "phone",
    "text",
    "time",
    "url",
    "uuid",
]

BY_FORMAT: Final[Mapping[str, ParameterType]] = {
    "date": "date", "date-time": "datetime", "time": "time", "email": "email", "idn-email": "email", "uri": "url",
    "url": "url", "uuid": "uuid", "ipv4": "ip", "ipv6": "ip", "duration": "duration",
}  # fmt: skip
"""The ``format`` of a JSON Schema → the type that it declares."""
