"""Parameter types: the one list of what a value may be in words (a date, an amount of money, a code). A contract
declares one by the ``format`` of its JSON Schema (``BY_FORMAT``).

Without a ``format``, ``agent.extract.parameter_spec`` chooses the type by JSON Schema, name and description.
``agent.extract.parameter_reader`` must have a reader for each type (mypy says so; a form such as an IBAN's is a line of
``agent.extract.spans.patterns``). The reader also says how a card shows the value. A card's input field takes words, so
the same reader reads it.
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
    "enum",  # one of the schema's listed values
    "epoch",  # a moment, sent as seconds
    "ip",
    "joined",  # several values in one text, separated by commas
    "money",
    "month",
    "number",
    "object",  # never read from words
    "options",  # one of the values listed in the description
    "pattern",  # text that fits the schema's own pattern
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
"""The ``format`` of a JSON Schema → the parameter type that it declares."""
