"""Code reader: identifiers, and text of a known form (e-mail and web addresses, phone numbers, UUIDs)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from agent.extract.context import rate_affinity, rate_label
from agent.extract.parameter_spec import ParameterSpec
from agent.extract.reading import Candidate
from agent.extract.spans import money, patterns
from agent.extract.time import dates, durations
from language.text import Text

_LABELLED: Final = 0.3


def find_codes(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    """Identifiers. One in the form of the description's example ranks highest."""
    made: list[Candidate] = []
    taken = [(each.start, each.end) for each in dates.find(text, now.date())]
    taken += [(each.start, each.end) for each in money.find(text) if each.currency is not None]
    taken += [(each.start, each.end) for each in durations.find(text)]
    found = [*patterns.find_codes(text), *patterns.find(text, "uuid")]
    if "email" in spec.description.lower():
        found += patterns.find(text, "email")
    for each in found:
        near = rate_label(text, each.start, each.end, spec)
        value = each.value
        if value.startswith("#") and not re.search(r"['\"#]#|#\w", spec.description):
            value = value[1:]
        weight = each.weight + near + 0.5 * rate_affinity(text, each.start, spec) - (0.15 if near < 0.1 else 0.0)
        if spec.shapes:
            weight += 0.35 if any(re.fullmatch(shape, value) for shape in spec.shapes) else -0.2
        if value.isdigit() and any(start < each.end and each.start < end for start, end in taken) and near < 0.3:
            weight -= 0.4
        how = "" if value == each.value else f"{each.value} → {value}"
        made.append(Candidate(each.start, each.end, value, how, weight=weight))
    return made


def find_shaped(text: Text, spec: ParameterSpec, kind: str) -> list[Candidate]:
    """E-mail and web addresses, phone numbers, UUIDs, IP addresses. A short number is a phone number where the
    parameter's own words stand before it, or nothing else."""
    made = []
    short = patterns.find_short_numbers(text) if kind == "phone" else ()
    alone = [each for each in short if text.plain.strip() == each.value]
    labelled = [each for each in short if rate_label(text, each.start, each.end, spec) >= _LABELLED]
    for each in (*patterns.find(text, kind), *(alone or labelled)):
        near = 0.3 * rate_label(text, each.start, each.end, spec) + 0.5 * rate_affinity(text, each.start, spec)
        made.append(replace(each, weight=each.weight + near))
    return made
