"""Lexicon: the closed word classes of English that the grammar uses. None of them is about a platform."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Comparison, First
from language.text import word_set

DETERMINERS: Final = word_set("the a an this that these those any some")
DEFINITE: Final = word_set("the this that these those my our your")
EVERY: Final = word_set("all every each everything everyone everybody")
EVERYONE: Final = word_set("everyone everybody anyone anybody someone somebody people")
OWNERS: Final = word_set("his her their its hers theirs")
PERSONAL: Final = word_set("him her them his hers their theirs")
SPEAKERS: Final = {"i": "we", "i've": "we", "me": "us", "my": "our", "mine": "ours"}
"""What one of us says, and what we say."""
PRONOUNS: Final = word_set("it him her them he she they one that this")
PLURALS: Final = word_set("them both they these those")
VAGUE: Final = word_set(
    "part parts some bit most portion share piece little rest remainder remaining nearly almost roughly "
    "approximately partly partially"
)
"""Words for an amount that say none."""
THINGS: Final = word_set("it this that one")
AUXILIARIES: Final = word_set(
    "is are was were be been being has have had do does did get gets got still already currently now yet just also "
    "both all only actually really ever"
)
STATE_FIELDS: Final = word_set("state status stage phase")
"""What the field is called that tells how far a record has come."""
UNTIL: Final = word_set("until till")
CHANGED: Final = word_set("now instead")
"""What says of how something is that it was otherwise before."""
PAST: Final = word_set("was were had been wasn't weren't hadn't")
BE: Final = word_set("is are was were been come comes came")
SUBORDINATE: Final = word_set("if whether when while until unless because since as whose")
RELATIVES: Final = word_set("that which who whom that's who's")
NOT: Final = word_set("not never no isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't without")
DENYING: Final = NOT | word_set("nothing nobody none neither nor can't won't cannot couldn't wouldn't shouldn't")
OF: Final = word_set("of for from by belonging")
ABOUT: Final = word_set("about regarding concerning re mentioning on")
EXCEPT: Final[tuple[tuple[str, ...], ...]] = (
    ("with", "the", "exception", "of"), ("except", "for"), ("except", "of"), ("except", "from"), ("except",),
    ("excepting",), ("but", "not"), ("but", "for"), ("just", "not"), ("other", "than"), ("apart", "from"),
    ("aside", "from"), ("not", "counting"), ("not", "including"), ("leaving", "out"), ("save", "for"), ("excluding",),
    ("besides",), ("barring",), ("bar",), ("minus",),
)  # fmt: skip
"""What leaves out what stands behind it; the longest go first."""
EXCEPT_AFTER_ALL: Final[tuple[tuple[str, ...], ...]] = (("but",), ("not",), ("without",))
"""… where all or several are spoken of before it, and a name or number stands right behind it."""
SPARING: Final = (NOT - {"no"}) | word_set("but leave spare skip keep")
"""What says of somebody of a set that it is not for them."""
ARRIVED: Final = word_set("came come comes arrived arrive created made sent opened issued placed started dated")
CREATED: Final = word_set("created made opened issued placed")
"""… of those, what only a day of making tells."""
PARTICLES: Final = word_set("in up on out back off over away down through")
HAVING: Final = word_set("has have had with owns own got gets")
HANDLING: Final = word_set(
    "has have had handles handling handle owns got working works looking looks takes took taking deals doing does did "
    "in leading leads led running runs teaching teaches driving drives responsible managing"
)
NAME_STOP: Final = word_set(
    "the a an this that these those any some all every each both and or but then if unless when while because since "
    "before after until by for from of to in into on onto at with without as is are was were be been has have had do "
    "does did not no please thanks thank it him her them he she they we us our ours my me i you your yours his their "
    "its so who whom which what where how why than except excluding first last now today tomorrow yesterday right away "
    "asap immediately again also too already still just only more less most least fewest over under below above about "
    "everyone everybody everything anyone go goes get gets got need needs want wants can could will would shall should "
    "may might must"
)
COMPARISONS: Final[tuple[tuple[tuple[str, ...], Comparison], ...]] = (
    (("no", "more", "than"), "<="), (("no", "less", "than"), ">="), (("more", "than"), ">"), (("less", "than"), "<"),
    (("fewer", "than"), "<"), (("greater", "than"), ">"), (("higher", "than"), ">"), (("lower", "than"), "<"),
    (("bigger", "than"), ">"), (("larger", "than"), ">"), (("smaller", "than"), "<"), (("older", "than"), ">"),
    (("newer", "than"), "<"), (("younger", "than"), "<"), (("longer", "than"), ">"),
    (("at", "least"), ">="), (("at", "most"), "<="), (("up", "to"), "<="), (("over",), ">"), (("above",), ">"),
    (("under",), "<"), (("below",), "<"), (("exactly",), "="), (("exceeding",), ">"), (("beyond",), ">"),
)  # fmt: skip
COMPARING: Final = frozenset(words[0] for words, _ in COMPARISONS)
# "The older of the two": a position in a series of two.
COMPARATIVES: Final[dict[str, tuple[str, First]]] = {
    **dict.fromkeys(("older", "earlier", "former"), ("order", "earliest")),
    **dict.fromkeys(("newer", "later", "latter", "younger"), ("order", "latest")),
    **dict.fromkeys(("bigger", "larger", "higher", "pricier", "dearer"), ("size", "highest")),
    **dict.fromkeys(("smaller", "lower", "cheaper"), ("size", "lowest")),
}
UNITS: Final = {"day": "day", "week": "week", "fortnight": "fortnight", "month": "month", "year": "year"}
OLD: Final = word_set("old ago")
OF_OTHERS: Final = word_set("may march mar")
"""Months that are words of their own, where no capital says that they are months."""
GIVEN_NAMES: Final = word_set("april may june august")
"""Months that people are called."""
MANNER: Final = word_set(
    "immediately now today asap again soon quickly urgently right straight away once instantly already too back there "
    "here permanently fully completely really simply kindly maybe perhaps probably still yet well though anyway "
    "however instead "
    "hm hmm oh ah oops uh um so actually basically literally finally also as soon possible moment minute"
)
"""Words of how or when something shall be done, which change nothing of what is done."""
MORE: Final = word_set("another other more extra additional further new old same own full whole free")
COMMON: Final = word_set(
    "go goes come comes day days week weeks month months year years time times thing things way people team work"
)
"""Words of small letters that are hardly anybody's name."""
QUANTITIES: Final = word_set(
    "both all every each any the two three four five one of last first latest newest oldest whichever"
)
WANTING: Final = word_set(
    "be get gets getting need needs needed want wants wanted should must shall have having like please to being gets "
    "ought"
)
"""Words after which a participle is what shall be done: "should be closed", "needs to be refunded"."""
SHALL: Final = word_set("should shall must may can will")
"""Verbs of duty, permission and what is settled: "Ada may go", "she will have it"."""
RAISING: Final = word_set("add raise raises increase increases bump boost up")
LOWERING: Final = word_set("lower reduce reduces decrease cut drop remove deduct subtract down off away")
"""Words by which a number becomes more or less than it is."""
HIGHER: Final = word_set("more higher dearer pricier costlier")
LOWER: Final = word_set("less lower cheaper")
"""Words behind a number by which something becomes so much more or less: "2 euros cheaper"."""
FINISHED: Final = word_set(
    "paid settled delivered collected returned back lost done finished closed completed complete cancelled canceled "
    "refunded resolved fixed repaired received sold ended played waived refused rejected withdrawn void voided archived"
)
"""What is said of a record of which nothing is waited for any more."""
