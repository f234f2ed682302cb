"""Number words of English: the one table that readers of numbers, dates and times go by."""

from __future__ import annotations

from typing import Final

_CARDINALS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
CARDINALS: Final = {word: value for value, word in enumerate(_CARDINALS.split())}
"""Zero to nineteen."""
TENS: Final = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
ORDINALS: Final = {word: value for value, word in enumerate(_ORDINALS.split(), start=1)}
"""First to twentieth."""
TO_TWELVE: Final = tuple(word for word, value in CARDINALS.items() if 1 <= value <= 12)
"""One to twelve: hours, and small counts of days or weeks."""
