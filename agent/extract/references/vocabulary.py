"""The closed word lists that referring expressions are made of."""

from __future__ import annotations

from typing import Final

from agent.extract.references.value import By
from language.text import word_set
from registry.records import Side

# word(s) → (position, by, descending). "last" counts from the newest; "biggest" from the top.
PLACES: Final[dict[str, tuple[int, By | None, bool]]] = {
    "last but one": (-2, "order", True),
    "second to last": (-2, "order", True),
    "second-to-last": (-2, "order", True),
    "next to last": (-2, "order", True),
    "third to last": (-3, "order", True),
    "before last": (-2, "order", True),
    "penultimate": (-2, "order", True),
    "most recent": (-1, "order", True),
    "most expensive": (1, "size", True),
    "least expensive": (1, "size", False),
    "last": (-1, "order", True),
    "latest": (-1, "order", True),
    "newest": (-1, "order", True),
    "final": (-1, "order", True),
    "previous": (-1, "order", True),
    "recent": (-1, "order", True),
    "first": (1, "order", False),
    "oldest": (1, "order", False),
    "earliest": (1, "order", False),
    "original": (1, "order", False),
    "next": (1, "order", False),
    "biggest": (1, "size", True),
    "largest": (1, "size", True),
    "highest": (1, "size", True),
    "priciest": (1, "size", True),
    "longest": (1, "size", True),
    "smallest": (1, "size", False),
    "lowest": (1, "size", False),
    "cheapest": (1, "size", False),
    "shortest": (1, "size", False),
    "second": (2, "order", False),
    "2nd": (2, "order", False),
    "third": (3, "order", False),
    "3rd": (3, "order", False),
    "fourth": (4, "order", False),
    "4th": (4, "order", False),
    "fifth": (5, "order", False),
    "5th": (5, "order", False),
}
SUPERLATIVES: Final = word_set("biggest largest highest priciest longest smallest lowest cheapest shortest")
# What lies on one side of now.
SIDES: Final[dict[str, Side]] = {
    "next": "future",
    "upcoming": "future",
    "future": "future",
    "coming": "future",
    "past": "past",
}
ORDINALS: Final = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
COUNTS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "couple": 2, "dozen": 12,
}  # fmt: skip
EVERY: Final = word_set("all every each both any")
OWNERS: Final = word_set("his her their its hers theirs")
MINE: Final = word_set("my our mine ours me us myself")
PRONOUNS: Final = word_set("him her them it he she they this that these those himself herself")
ARTICLES: Final = word_set("the a an this that these those of one ones please same some")
OF: Final = word_set("of for from by to belonging under with owned on in")
ABOUT: Final = word_set("about regarding concerning re mentioning on saying")
CALLED: Final = word_set("called named titled entitled labelled labeled")
NUMBERED: Final = word_set("number no no. nr num # id ids ref reference code numbered with")
FILLERS: Final = word_set(
    "the a an this that these those of one ones please for from to by and or with which who is are was were be "
    "been has have had still yet currently now on in at it its as just only whose account record entry all every "
    "each both any some same very new my our his her their your there"
)
