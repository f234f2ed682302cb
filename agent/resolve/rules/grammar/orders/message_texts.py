"""Message texts: the words that a message shall say, as typed ("tell Ada that …", "ask Ada to …", "reply saying …")."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.messages import reports
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.resolve.rules.grammar.reader import Reader
from language.direct_speech import ask
from language.stems import EMPTY, stem
from language.text import word_set
from language.wordnet import find_similar_stems

SUBJECTS: Final = word_set(
    "we we're we've we'll i i'm i've i'll it it's he he's she she's they they're his her their our the there "
    "everything your you're you"
)
"""Words that begin a clause as its subject."""
_SAYING: Final[tuple[tuple[str, ...], ...]] = (
    ("saying", "that"), ("saying",), ("that", "says"), ("with", "the", "words"), ("with", "the", "text"),
    ("reading",), ("say",),
    ("telling", "them"), ("telling", "him"), ("telling", "her"),
)  # fmt: skip
_ASK: Final = "ask"
_SPEAKERS: Final = word_set("me us")
_SAYS: Final = word_set("is are isn't aren't was were will won't has have needs can can't")
"""Finite verbs by which a clause is known."""
_TELLS_WHAT: Final = word_set("to know he she they")
_WISHES: Final = word_set("thanks congratulations congrats happy merry")
"""What begins a message that is no sentence: "tell Ada thanks for the keys"."""
_ASIDE: Final = word_set("when what how whether if where who why until about")
"""What begins no message as it stands: something is asked."""
_STYLE: Final = word_set(
    "politely nicely friendly kindly briefly short shortly sorry apologise apologize thank ask explain"
)
# Begins an instruction how to word a text, not the text: "say sorry and that we look into it".
_WORDING: Final = word_set("say apologise apologize explain mention")
_ADDS: Final = word_set(
    "ask asking thank thanking apologise apologize apologising apologizing promise promising offer offering explain "
    "explaining mention mentioning assure assuring invite inviting"
)
"""Behind a joint, what its writer shall add to a text."""
_WORDED: Final = word_set(
    "short brief formal formally polite politely friendly nice nicely casual warm warmly tone sentence sentences max "
    "style worded concise"
)
"""Words of how a text shall be, where a clause says nothing else."""
_ABOUT_TEXTS: Final = word_set("mention say tell include use add give name promise quote write make")
_TEXTS: Final = word_set("note line lines message word email mail reply answer apology text letter reminder")
_TO_WHOM: Final = word_set("him her them back know everyone")


def find_message_text(reader: Reader, first: int, stop: int, taken: Collection[int]) -> tuple[int, int] | None:
    """The message. None if a part of it says how to word it."""
    found = _said(reader, first, stop, taken)
    return None if found is not None and _instructs(reader, *found) else found


def _instructs(reader: Reader, first: int, stop: int) -> bool:
    """Whether a later clause of a text instructs its writer: ", mention no names", "and ask for a photo", ", two
    sentences at most"."""
    for at in range(first + 1, stop - 1):
        marked = reader.tokens[at - 1].text in {",", ";", "-", "–", ".", "("}
        if not marked and reader.low(at - 1) not in {"and", "but"}:
            continue
        if reader.low(at) in _ABOUT_TEXTS and reader.low(at + 1) in {"no", "nothing", "not", "neither"}:
            return True
        if reader.low(at) in _ADDS and reader.low(at + 1) != "you":
            return True
        end = next((step for step in range(at, stop) if reader.is_mark(step)), stop)
        words = set(reader.lows(at, end - at))
        if marked and words & _WORDED and not words & (SUBJECTS | {"is", "are", "was", "were", "will"}):
            return True
    return False


def is_text_itself(reader: Reader, first: int, stop: int) -> bool:
    """Whether words are the message itself, not how to word it."""
    return reader.low(first) not in _WORDING and not _instructs(reader, first, stop)


def _said(reader: Reader, first: int, stop: int, taken: Collection[int]) -> tuple[int, int] | None:
    begin = reader.message_from
    if first < begin < stop and reader.low(begin) not in _WORDING:
        return begin, stop
    if (told := _find_told_that(reader, first, stop, taken)) is not None:
        return told
    for words in _SAYING:
        for at in range(first, stop - len(words)):
            if words == ("reading",) and reader.low(at - 1) not in _TEXTS:
                continue  # "her reading: 77"
            if reader.lows(at, len(words)) == words and not _reported(reader, at):
                begin = at + len(words)
                if words == ("say",) and any(step in taken for step in range(begin, stop)):
                    return None  # "say thanks to Ada in 7": the addressee is no part of it
                if begin < stop and reader.low(begin) not in {"to", "sorry"}:
                    return begin, stop
    return None


def find_named_text(reader: Reader, first: int, stop: int) -> range:
    """Where the words begin that call for a text ("a short note", "a line") or say what it shall tell ("tell Ada to
    bring her keys"), up to the end. Its writer decides its contents."""
    for at in range(first + 1, stop):
        if reader.low(at) in _TEXTS and not {"a", "an"}.isdisjoint(
            reader.lows(max(at - 3, first), at - max(at - 3, first))
        ):
            begin = max(step for step in range(first, at) if reader.low(step) in {"a", "an"})
            return range(begin, stop)
    verb = next((at for at in range(first, stop) if reader.low(at) in TELLING), stop)
    said = (at for at in range(verb + 2, min(stop, verb + 8)) if reader.low(at) in _TELLS_WHAT)
    return range(next(said, stop), stop)


def _find_told_that(reader: Reader, first: int, stop: int, taken: Collection[int]) -> tuple[int, int] | None:
    """Finds a reported message, as typed: "tell her (that) we look into it", "let Ada know it is fixed", "ask Ada to
    come at ten", "ask Ada if she can come". None if the speaker is told: "remind me that Ada comes"."""
    verbs = TELLING | {_ASK}
    verb = next((at for at in range(first, stop) if reader.low(at) in verbs and not _reported(reader, at)), None)
    spoken_of = verb is not None and reader.low(verb) == _ASK and verb > first  # "someone should ask Ada"
    if verb is None or spoken_of or reader.low(verb + 1) in _SPEAKERS:
        return None
    start = verb + 1
    told = next((at for at in range(start, stop) if reader.low(at) in {"that", "is", "are"}), stop)
    for at in range(start, min(stop - 1, told, start + 12)):
        if reader.low(at) == "to" and at - 1 in taken and at > start and not _is_of_others(reader, at + 1, stop):
            return at + 1, stop
        if reader.low(verb) == _ASK and at - 1 in taken and ask(reader.words(at, stop).text) is not None:
            return at, stop
    if reader.low(verb) == _ASK or any(reader.low(at) in _STYLE for at in range(first, stop)):
        return None
    for at in range(start, min(stop, start + 12)):
        low = reader.low(at)
        whom = at - 1 in taken or reader.low(at - 1) in _TO_WHOM
        whom = whom or (reader.low(at + 1) in SUBJECTS and any(step in taken for step in range(start, at)))
        relative = reader.low(at + 1) in lexicon.BE | lexicon.HAVING or (
            reader.low(at + 1) not in SUBJECTS and "that" in reader.lows(at + 2, max(0, stop - at - 2))
        )
        # "Tell Ada by post that we come".
        if low == "that" and at + 1 < stop and at - 1 >= verb and whom and not relative:
            return at + 1, stop
        if low in _TO_WHOM - SUBJECTS:
            continue
        if low in _ASIDE:
            return None
        says = low in SUBJECTS | _WISHES or not _SAYS.isdisjoint(reader.lows(at + 1, min(3, stop - at - 1)))
        if says and at > start and (at - 1 in taken or reader.low(at - 1) in _TO_WHOM) and at not in taken:
            return at + (not reader.tokens[at].word), stop
    return None


def _is_of_others(reader: Reader, first: int, stop: int) -> bool:
    """Whether words speak of whoever gets the message as of somebody else ("bring her keys"), or begin with no verb:
    they are no message as they stand."""
    said = {reader.low(at) for at in range(first, stop)}
    low = reader.low(first)
    verb = low in {"be", "have"} or (low not in EMPTY and bool(find_similar_stems(stem(low), verb=True)))
    return not verb or not said.isdisjoint(lexicon.PERSONAL | {"he", "she", "they"})


def _reported(reader: Reader, at: int) -> bool:
    """Whether a verb reports another person's words: "Ada rang to say it broke", "Ada rang saying it broke"."""
    if reader.low(at - 1) != "to" and not reader.low(at).endswith("ing"):
        return False
    needed = reader.low(at - 2) in {"need", "needed", "want", "wanted"}
    return not needed and reports(reader.text.plain, reader.tokens[at].start)
