"""Self-corrections: "by ten days, no, two weeks" is read as "by two weeks"."""

from __future__ import annotations

import re
from typing import Final

_EMAIL: Final = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_COUNT: Final = (
    r"(?:\d[\d.,]{0,12}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)"
)
_UNIT: Final = r"(?:\s?(?:%|[€$£¥]|days?|weeks?|months?|years?|hours?|euros?|eur|usd|gbp|dollars?|pounds?|yen|percent))"
_NUMBER: Final = rf"[€$£¥]?{_COUNT}{_UNIT}?"
_MARK: Final = (
    r"[ ]?[,.;:–—-]{0,3}[ ]?(?:or\s)?(?:no|nope|wait|scratch\sthat|correction|i\smeant?|make\s(?:that|it)|"
    r"sorry|actually|rather)(?![\w'’])[ ,:;.]{0,4}(?:(?:no|make\sit|make\sthat|i\smean|it['’]s|to|by)\s)?"
)
_CORRECTED: Final = tuple(
    re.compile(rf"(?<![\w@.])(?P<old>{kind}{_MARK})(?={kind}(?![\w@]))", re.IGNORECASE) for kind in (_EMAIL, _NUMBER)
)

CORRECTION: Final = re.compile(
    r"(?<![^\s,.;:!?–—(-])(?P<mark>(?:(?:oh|er+|um+|uh|ah|oops|hmm+|well)[\s,.…]{1,3})*"
    r"(?:no+(?=[,.:;!–—\s]*(?:make|i|to|wait|the|it|not|\d|[,:.–—]))|nope|wait|hold\s+on|scratch\s+that|strike\s+that|correction|"
    r"sorry(?=\s*[,:–—-]|\s+i\b|\s+(?:not|make|to|for|the)\b)|i\s+meant?(?:\s+to\s+say)?|make\s+(?:that|it)|or\s+rather|rather|actually(?=\s*,|\s+(?:make|no)\b)|my\s+mistake)"
    r"(?:[\s,.:;!–—-]{1,3}(?:no|wait|sorry|actually|rather|i\s+meant?|make\s+(?:that|it)|it['’]s))*)(?!\w)",
    re.IGNORECASE,
)
"""A mark that what was said right before is said anew."""


def blank_out_corrected(text: str) -> str:
    """The text with what was taken back as spaces: just as long."""
    for pattern in _CORRECTED:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text
