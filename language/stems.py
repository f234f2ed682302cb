"""Stemming for search: splits identifiers, strips endings, drops stop words, knows synonyms.

Everything here is general English. Nothing knows a platform, a registry or a contract.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import Stemmer  # type: ignore[import-not-found]

from language.irregular_plurals import IRREGULAR_PLURALS
from language.irregular_verbs import NOUNS_TOO, PLAIN_FORMS, UNSURE_FORMS

_STEMMER: Final = Stemmer.Stemmer("english", 0)
"""Snowball's own C library: without a cache, because ``_STEMS`` is one."""
_STEMS: dict[str, str] = {}
_PLURALS: Final = {many: one for many, one in IRREGULAR_PLURALS.items() if many != "people"}  # "people" is its own word
_MOST_STEMS_KEPT: Final = 200_000

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RUN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Words that don't say which action is meant: grammar, polite phrases, and talk about wanting.
_EMPTY: Final = """
a an the this that these those i me my mine we us our ours you your yours he him his she her hers it its they them their
is am are was were be been being do does did done have has had having will would shall should can could may might must
and or but if then else so as of at by for from in into on onto to with without about over under up down out off than
too very please pls plz kindly thanks thank hi hello hey ok okay just also want wants wanted need needs needed like would love
wish let lets there here what which who whom whose when where why how some any all each every both more most other
such only own same not no nor yes s t ll re ve d m don doesn didn isn aren wasn couldn wouldn shouldn im ive id whats
there's help able using use used via per now today tomorrow yesterday really actually maybe perhaps
mr mrs ms sir madam etc e g
"""  # noqa: E501
EMPTY: Final = frozenset(_EMPTY.split())

# Groups of synonyms. A request with one word of a group also finds the others, at less weight.
_GROUPS: Final = """
add create make new insert register start open set_up
delete remove erase drop discard purge clear
cancel abort stop end terminate void revoke unsubscribe
update change modify edit alter adjust revise amend correct rename
exchange swap trade replace
postpone reschedule
get fetch retrieve read view show display tell give see
find search look look_up lookup query discover locate seek browse
list enumerate show all
send mail email message deliver dispatch notify
buy purchase order book reserve acquire
book reserve schedule arrange plan appointment reservation
pay payment transfer remit settle charge
refund reimburse repay return money_back
issue grant give award provide
assign allocate delegate give reassign
customer client buyer shopper
user account member person profile
invoice bill receipt
ticket case issue request
product item article goods
order purchase
employee staff worker colleague
subscription plan membership
price cost fee amount rate charge fare
discount coupon voucher promo deal
weather forecast temperature rain snow sunny climate wind humidity
meeting event appointment calendar
movie film cinema theater
song music track audio tune album
picture image photo photograph
video clip movie
car vehicle automobile auto ride taxi cab
house home property apartment flat
hotel accommodation lodging stay room
restaurant eat dining food dine cuisine meal dinner lunch
trip travel journey tour itinerary
flight fly plane airline air
phone telephone mobile call
document file doc
folder directory
website site web page url
address location place position
city town
country nation
date day
hour time
convert translate transform change
calculate compute work_out determine evaluate
compare difference versus
weight mass
distance far
big large
delete cancel scrap bin ditch axe nuke kill trash void
refund reimburse repay
assign delegate allocate
escalate prioritize prioritise bump
enable activate turn_on switch_on
disable deactivate turn_off switch_off suspend pause
block ban forbid lock
allow permit unblock unlock
login log_in sign_in authenticate
logout log_out sign_out
signup sign_up register enroll join
upload import attach
download export save
store save keep record
print output
summary summarize overview digest
report analysis statistics analytics
reply respond answer
forward share pass
close finish complete resolve solve
approve accept confirm
reject decline deny refuse
increase raise boost grow extend
decrease lower reduce cut
restart reboot reset
check verify validate inspect test
company business firm organization
job position role vacancy
news article headline
stock share equity
currency money exchange
balance funds
doctor physician
medicine drug medication
password passcode pin
text string
number count amount quantity
""".strip().splitlines()
GROUPED: Final = frozenset(word for line in _GROUPS for word in line.split() if "_" not in word)
"""Every word in a group of similar meaning, as it is written."""


_ENDINGS: Final = frozenset(("", "'s", "d", "e", "s", "y", "ed", "es", "ly", "ied", "ies", "ily", "ing", "ion", "ions"))


def is_form_of(word: str, other: str) -> bool:
    """Whether two words in small letters are forms of one: of one stem, and told apart by endings of inflection, of
    adverbs or of a verb's noun. "Important" has the stem of "import" and is none of its forms."""
    word, other = PLAIN_FORMS.get(word, word), PLAIN_FORMS.get(other, other)
    if word == other:
        return True
    if stem(word) != stem(other):
        return False
    length = next(
        (at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    doubled = word[length - 1 : length]  # "cancel-led"
    rests = (word[length:], other[length:])
    return all(rest in _ENDINGS or rest.removeprefix(doubled) in _ENDINGS for rest in rests)


def stem(word: str) -> str:
    """The word without its ending ("invoices" → "invoic", "took" as "take", "geese" as "goose"), with Unicode folded.
    Cached."""
    made = _STEMS.get(word)
    if made is None:
        plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
        plain = plain.replace("’", "'").removesuffix("'s").replace("'", "")
        plain = PLAIN_FORMS.get(plain) or _PLURALS.get(plain, plain)
        made = _STEMMER.stemWord(plain) if plain.isascii() else plain
        if len(_STEMS) < _MOST_STEMS_KEPT:
            _STEMS[word] = made
    return made


def is_past(word: str) -> bool:
    """Whether a word in small letters is the past tense or participle of a verb: "closed", "took", "written"."""
    return (
        word in PLAIN_FORMS or word in UNSURE_FORMS.keys() - NOUNS_TOO or (word.endswith("ed") and stem(word) != word)
    )


def split_runs(text: str) -> Iterator[tuple[str, int, int]]:
    """Each run of letters or digits with its offsets, unchanged. Runs of CJK come as pairs of characters."""
    for found in _RUN.finditer(text):
        run = found[0]
        if _CJK.search(run):
            start = found.start()
            for at in range(max(1, len(run) - 1)):
                yield run[at : at + 2], start + at, min(start + at + 2, found.end())
        else:
            yield run, found.start(), found.end()


def stem_text(text: str) -> list[str]:
    """The stems of a text without stop words. ``camelCase`` counts as its parts, and also as a whole if it isn't a mere
    identifier."""
    return list(_stems(text))


@lru_cache(maxsize=4096)
def _stems(text: str) -> tuple[str, ...]:
    made = []
    for run, _, _ in split_runs(text):
        parts = _CAMEL.split(run)
        if len(parts) > 1 and len(run) > 3:
            made.append(stem(run))
        made += [stem(part) for part in parts if part.casefold() not in EMPTY]
    return tuple(made)


def name_stems(name: str) -> list[str]:
    """The stems of an identifier, and of its neighbouring words joined ("time_zone" also as "timezone")."""
    return list(_name_stems(name))


@lru_cache(maxsize=4096)
def _name_stems(name: str) -> tuple[str, ...]:
    parts = [part for run in re.split(r"[^\w]+|_+", name) for part in _CAMEL.split(run) if part]
    plain = [part.casefold() for part in parts if not part.isdigit()]
    made = [stem(part) for part in plain if part not in EMPTY]
    made += [stem(a + b) for a, b in itertools.pairwise(plain)]
    return tuple(made)


_GENERIC: Final = """
get find show make list tell give check search look see do take help know try want go put set run create add new
update information info detail data list value name type id number system tool function service api request use user
item thing way time
"""


def _kin() -> dict[str, frozenset[str]]:
    made: dict[str, set[str]] = {}
    for line in _GROUPS:
        group = {stem(word.replace("_", "")) for word in line.split()}
        for word in group:
            made.setdefault(word, set()).update(group - {word})
    return {word: frozenset(others) for word, others in made.items()}


KIN: Final = _kin()
"""Stem → stems of similar meaning."""
GENERIC: Final = frozenset(stem(word) for word in _GENERIC.split())
"""Stems that many different actions share, so that they say little about which one is meant."""

MAKING: Final = frozenset(
    map(stem, ("create", "add", "book", "schedule", "plan", "arrange", "reserve", "record", "log", "enter", "register"))
)
"""Stems of verbs by which something new comes to be, and nothing is replaced."""


def makes_anew(title: str) -> bool:
    """Whether an action of this title makes something that there wasn't: "Book a lesson"."""
    return stem((title.split() or [""])[0]) in MAKING


_FIRST: Final = re.compile(r"[^.;:]*")
_GOAL: Final = re.compile(
    r"\b(?:to|on|onto|in|into)\s+(?:the|our|your|a|an)\s+(?:[\w-]+['’]s\s+)?(?P<goal>[^\W\d_]+(?:[ ][^\W\d_]+)?)\b",
    re.IGNORECASE,
)


def find_goals(description: str) -> frozenset[str]:
    """The stems of the words for what the first clause of a description puts something to, on or in."""
    first = _FIRST.match(description)
    said = (word for each in _GOAL.finditer(first[0] if first else "") for word in each["goal"].casefold().split())
    return frozenset(stem(word) for word in said if word not in EMPTY)


# Verbs that people order with, beyond those in groups of synonyms.
_ORDER_WORDS: Final = """
put move copy set apply run do use try call text ping tag label mark flag note log track watch follow unfollow like post
publish pin archive unarchive restore recover merge split transfer extend renew upgrade downgrade promote demote
invite onboard offboard escalate snooze remind charge bill capture credit debit deposit withdraw lend trade sell ship
pack return exchange replace swap reschedule postpone play stop mute skip draw plot paint generate write draft compose
rewrite sort filter group count measure rank rate score review audit scan fix repair patch deploy build compile link
unlink connect disconnect sync halve mount freeze unfreeze lock hold release waive void reopen unassign grant revoke rotate
make take bring keep let turn switch add give start end email refund resume undo prolong activate deactivate lift annul hand pass point
prioritise prioritize solve settle drop raise lower shorten lengthen push bump scrap ditch
create open close cancel delete remove erase update change modify edit rename assign reply send forward book reserve buy purchase pay
schedule approve reject enable disable block unblock suspend restart reset upload download save import export submit
"""  # noqa: E501
ORDER_WORDS: Final = frozenset(_ORDER_WORDS.split())
# A verb with "re" or "un" before it is an order too ("resend", "unsuspend"), unless that makes another word.
_OTHER_WORDS: Final = frozenset(("report", "record", "recover", "resort", "remark", "retext", "request", "rest"))
AGAIN: Final = (
    frozenset(f"{again}{word}" for again in ("re", "un") for word in ORDER_WORDS if not word.startswith(again))
    - _OTHER_WORDS
)
ORDERS: Final = frozenset(stem(word) for word in (*ORDER_WORDS, *AGAIN))
"""Stems of verbs that people give orders with."""

_READING: Final = """get find search look lookup show list check view fetch retrieve tell see give know read display query browse
explore discover identify count calculate compute compare determine estimate verify summarize analyze"""  # noqa: E501
READING_WORDS: Final = frozenset(_READING.split())
READING: Final = frozenset(stem(word) for word in READING_WORDS)
"""Stems of verbs that ask without changing anything."""
