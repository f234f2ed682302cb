"""Texts by chance: a grammar of what people type and of what breaks readers, and mutations of the costliest so far."""

from __future__ import annotations

import heapq
import random
from typing import Final

MAX_CHARS: Final = 4000
KEPT: Final = 40
"""Of the costliest texts, to make others of."""


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


UNITS: Final = _parts(
    "refund|cancel|send|close|void|resend|create|add|find|set|make|book|change|update|not|never|do not|don't"
    "|without|please|could you|and|and then|then|or|but|if|unless|when|otherwise|else|if so|before|after"
    "|instead of|rather than|as well as|plus|along with|versus|Adam|Adam Novak|adam novak|Berta's|his|her|their"
    "|my|it|them|him|the one|that one|this|neither|both|each|every|all of|all|none|last|latest|first|the second"
    "|third to last|last but one|biggest|most recent|oldest|unpaid|paid|open|overdue|invoice|invoices"
    "|the invoice|ticket|tickets|customer|article|the customer of|the invoice of|invoice INV-1042|ticket 5519"
    "|number|#|id|no.|INV-1042|inv 1042|#5519|1042|12|3|1|0|007|1.234,56|1,234.56|1.5|½|-3|+5|20 dollars|€20|$5"
    "|20 %|half|a third of|two|twenty one|one hundred|million|a dozen|a couple of|twice|tomorrow|yesterday"
    "|next Friday|last month|in 3 days|2026-11-24|24 November 2026|November 24th|05/06/2023|11/24|at 3pm"
    "|half past three|noon|15:30|from Monday to Friday|between 1 and 2 pm|for two hours|90 minutes|until Friday"
    "|since May|this week|Oakland, California|Paris|New York|in Berlin|to London|a@b.org|www.b.org"
    "|https://b.org/x?y=1|called|named|titled|with subject|saying|about|regarding|of|for|to|from|in|on|at|by"
    "|with|the|a|an|is|has|Ada and Bob|red, green and blue|low|high|urgent|true|false|yes|no|off|enable|disable"
    "|X9|W12|A-B-C|camelCase|snake_case|we have not met|see you soon|thank you|hi|hello|dear Adam|how do I"
    '|what is|which|is it possible to|can you|"|\'|“|”|‘|’|`|«|»|"a"|\'b\'|"a "|""|"\n|\\"|,|;|.|!|?|:|-|–|—|…'
    "|(|)|[|]|{|}|<|>|/|\\|&|@|%|$|*|_|+|=|~|^||\n|\r\n|\n\n|\t| |  |\xa0|\u202f|\u200b|\u200d|\u202e|\ufeff"
    '|\x00|é|é|́|ß|İ|ﬁ|Ａ|Аdаm|日本語|مرحبا|😀|👩\u200d👩\u200d👧|Zoë\'s|+"|",|","|", "|","+"|" and "|\' and \'|, and'
    "|, then|. then|; and|,,|, ,|.,|,.|...|. . .|--|- -|((|))|()|[]|[1, 2]|(1, 2)|1,1,1|a,|a.|a;|a: b|x=1|1-2"
    "|1/2|1:2|1 000|a's|s'|'s|o'clock|O'Brien|Mr. B|J. Doe|U.S.A.|e.g.|i.e.|vs.|no"
)
FRAMES: Final = (
    "{}", "refund {}", "refund Adam {}", "{} refund Adam's last invoice", "refund Adam's {} invoice", "send {} to Adam",
    "close ticket {}", "book {} for tomorrow", "if {} then refund Adam", "refund Adam if {}", "do not {}",
    "refund 20 dollars of {}", 'note "{}" on ticket 5519',
    "send Adam a message saying {}", "set {} to {}", "find {}", "refund invoice {} and close ticket {}",
)  # fmt: skip
JOINTS: Final = ("", " ", " ", ", ", ",", " and ", "\n", "; ", ". ", "/", "-", '"', "'")
PLAIN: Final = (
    "refund Adam's last invoice", "refund 20 dollars of invoice INV-1042 because it was late",
    "close ticket 5519 and refund Berta", "send the article about passwords to the customer of ticket 5519",
    "void all unpaid invoices of Dora Quist",
    "if Adam has open invoices, refund the last one, otherwise close his ticket",
    "book a table for two tomorrow at 7pm in Oakland, California",
    'add a note saying "we haven\'t met, and I\'m sorry" to ticket 5520', "neither, leave it",
    "the one from last week, not the other", "order two burgers, a coke and three salads to 12 Main Street",
    "set the priority of tickets 5519, 5520 and 5521 to urgent",
)  # fmt: skip


class Texts:
    """Texts by chance, the costliest so far among what they are made of."""

    def __init__(self, chance: random.Random, *, short: bool = False) -> None:
        self.chance = chance
        self.goals = (
            (20, 40, 80, 80, 150, 150, 300, 300, 1000, MAX_CHARS)
            if short
            else (30, 100, 300, 1000, MAX_CHARS, MAX_CHARS)
        )
        self.guided = 0.25 if short else 0.65
        self.costly: list[tuple[float, str]] = []

    def learn(self, cost_s: float, text: str) -> None:
        (heapq.heappush if len(self.costly) < KEPT else heapq.heappushpop)(self.costly, (cost_s, text))

    def next(self) -> str:
        made = self._mutated() if self.costly and self.chance.random() < self.guided else self._made()
        return made[:MAX_CHARS] or "x"

    def short(self) -> str:
        """As an answer may be."""
        return self.next()[: self.chance.choice((40, 400, MAX_CHARS))]

    def _made(self) -> str:
        chance = self.chance
        goal = chance.choice(self.goals)
        mode = chance.random()
        if mode < 0.45:
            filled = self._repeated(goal)
        elif mode < 0.7:
            joint = chance.choice(JOINTS)
            filled = joint.join(chance.choices(UNITS, k=max(1, goal // 8)))
        elif mode < 0.9:
            filled = "".join(chance.choice(UNITS) + chance.choice(JOINTS) for _ in range(max(1, goal // 8)))
        else:
            filled = chance.choice(JOINTS).join(chance.choices(PLAIN, k=max(1, goal // 40)))
        frame = chance.choice(FRAMES)
        return frame.replace("{}", filled, 1).replace("{}", self._repeated(goal // 4))

    def _repeated(self, goal: int) -> str:
        chance = self.chance
        unit = chance.choice(JOINTS).join(chance.choices(UNITS, k=chance.choice((1, 1, 1, 2, 2, 3, 5))))
        unit += chance.choice(("", "", " ", ",", "\n"))
        head, tail = ("".join(chance.choices(UNITS, k=chance.choice((0, 0, 1, 2)))) for _ in range(2))
        return head + unit * max(1, goal // max(1, len(unit))) + tail

    def _mutated(self) -> str:
        chance = self.chance
        text = chance.choice(self.costly)[1] if chance.random() < 0.85 else chance.choice(PLAIN)
        for _ in range(chance.choice((1, 1, 2, 3))):
            a, b = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
            match chance.randint(0, 6):
                case 0:
                    text = text[:a] + chance.choice(UNITS) + text[a:]
                case 1:
                    text = text[:a] + text[b:]
                case 2:
                    text = text[:a] + text[a:b] * chance.choice((2, 3, 20)) + text[b:]
                case 3:
                    other = chance.choice(self.costly)[1]
                    text = text[:a] + other[chance.randint(0, len(other)) :]
                case 4:
                    text = text[:a] + self._repeated(b - a) + text[b:]
                case 5:
                    text = text.replace(chance.choice(UNITS) or "a", chance.choice(UNITS))
                case _:
                    text = chance.choice(FRAMES).replace("{}", text[a:b] or text)
            text = text[:MAX_CHARS]
        return text
