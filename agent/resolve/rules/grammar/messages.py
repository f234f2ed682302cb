"""Messages: where a text to be sent begins, after "tell her:" or "a reply saying". What somebody said is none."""

from __future__ import annotations

import re
from typing import Final

from agent.resolve.rules.clauses import begins_like_an_order
from agent.validate.coverage.weighty_patterns import PAST

_ADDRESS: Final = r"[\w.+-]{1,64}@[\w.-]{1,255}\s*$"
# "Message from Ada: …", "Ada's reply: …" and "let us know: …" came in. An address alone is no message.
_MESSAGE: Final = re.compile(
    r"(?<!['’]s )(?<!s['’] )\b(?:repl(?:y|ies)|answer|respond|write|tell|say|message|text|email|mail|let)\b"
    rf"(?!\s+(?:from|us|me)\b)[^:\n\"“]{{0,80}}:\s{{1,20}}(?=\S)(?!{_ADDRESS})"
    r"|\b(?:saying|that\s{1,3}says)\b:?\s{1,20}(?=\S)",
    re.IGNORECASE,
)
_DID: Final = rf"(?<!\w)(?:{PAST}|left|(?:call|ring|write|e?mail|text)s)"
_REPORT: Final = re.compile(rf"{_DID}\s(?:[^.,;:!?\n]*\s)?$", re.IGNORECASE)


def find_message(text: str) -> int | None:
    """The offset at which a text to be sent begins that runs to the end. None if there is none."""
    return next((each.end() for each in _MESSAGE.finditer(text) if not reports(text, each.start())), None)


def reports(text: str, end: int) -> bool:
    """Whether the words before an offset tell what somebody did: "Ada left a note" before "saying …"."""
    clause = re.split(r"[.,;:!?\n]", text[:end])[-1]
    return _REPORT.search(clause) is not None and not begins_like_an_order(clause)
