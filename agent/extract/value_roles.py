"""Roles of values: what a value is in a request (origin, recipient, duration), and the words that show it, prepositions
before it and labels around it. ``parameter_spec`` decides types."""

from __future__ import annotations

import re
from typing import Final, Literal

from language.text import word_set

Role = Literal[
    "origin", "target", "place", "person", "maker", "topic", "title", "body", "start", "end", "means", "vessel", "change", "sort"  # noqa: E501
]  # fmt: skip

# role → (words of a parameter's name that mean it, prepositions before its value, labels and verbs around its value)
ROLES: Final[dict[Role, tuple[frozenset[str], frozenset[str], frozenset[str]]]] = {
    "origin": (
        word_set("from origin base source sender departure pickup depart departing src leaving starting"),
        word_set("from"),
        word_set("leaving departing starting"),
    ),
    "target": (
        word_set(
            "to destination dest arrival target recipient receiver recipients receivers dropoff payee assignee "
            "invitee participant going"
        ),
        word_set("to into towards for with"),
        word_set("visit visiting reach email message pay send invite assign ask tell remind notify call text"),
    ),
    "place": (
        word_set(
            "location city place area where region country address town state loc venue room device zone branch "
            "restaurant neighborhood "
            "street destination"
        ),
        word_set("in at near around within inside to for"),
        word_set("located based near city area visit visiting"),
    ),
    "person": (
        word_set(
            "person customer client owner member contact employee attendee participant guest username user "
            "passenger patient assignee "
            "stylist therapist doctor dentist physician provider driver agent teacher instructor trainer manager "
            "student lawyer nurse "
            "tenant candidate player colleague friend staff worker technician subscriber reviewer"
        ),
        word_set("for to with of by"),
        word_set("customer client user member contact"),
    ),
    "maker": (
        word_set(
            "artist author director singer performer actor cast starring creator band directed composer developer "
            "writer producer"
        ),
        word_set("by with starring featuring"),
        word_set("directed written sung starring featuring artist singer author director"),
    ),
    "topic": (
        word_set("topic query keyword keywords term search question subject about q phrase regarding"),
        word_set("about on regarding for concerning"),
        word_set("search about regarding lookup"),
    ),
    "title": (
        word_set("title name subject heading headline label nickname album track song movie playlist alias"),
        frozenset(),
        word_set("called named titled entitled title name subject nicknamed labelled labeled"),
    ),
    "body": (
        word_set("body message content text note notes comment description reason memo caption reply details prompt"),
        frozenset(),
        word_set("saying says say message content text body note comment that reads reply with telling because reason"),
    ),
    "start": (
        word_set("start from min since begin after earliest pickup checkin in departure lower leaving first"),
        word_set("from since starting after beginning between"),
        word_set("starting beginning start above over minimum least"),
    ),
    "end": (
        word_set(
            "end to max until before due latest checkout out return dropoff upper last deadline expiry expires finish"
        ),
        word_set("to until till through by before ending and"),
        word_set("ending until end under below maximum most due returning"),
    ),
    "sort": (
        word_set("genre category subcategory type cuisine style kind sort brand color colour"),
        frozenset(),
        word_set("genre category type style kind"),
    ),
    "change": (word_set("new updated value replacement"), word_set("to into as with"), word_set("to rename change")),
    "means": (
        word_set("payment method via channel using"),
        word_set("via using with by through"),
        word_set("via using paid"),
    ),
    "vessel": (
        word_set(
            "album playlist list folder project database namespace repository repo group team board channel "
            "library directory"
        ),
        word_set("in from to on into"),
        word_set("album playlist list folder project database namespace group"),
    ),
}

# In a name "to" says where to. In a sentence it says nothing.
_LITTLE: Final = word_set("to from in out until before since after via using")
_PLACES: Final = word_set("city town location place address station country airport")


def find_roles(words: tuple[str, ...], description: str) -> frozenset[Role]:
    if len(words) > 3:  # inside a long name they tell what it is about: ``min_orders_to_start_training`` is no target
        words = (words[0], words[-1])
    found = {role for role, (names, _, _) in ROLES.items() if set(words) & names}
    first = re.findall(r"[a-z]+", description.lower())
    if not found:
        said = set(first[:12]) - _LITTLE
        found = {role for role, (names, _, _) in ROLES.items() if said & names}
    elif found == {"place"}:
        # "The starting location": an origin.
        found |= {role for role in ("origin",) if set(first[:6]) & ROLES[role][0]}
    elif found & {"origin", "target"} and set(first[:8]) & _PLACES:
        # "to": "The destination city of the trip".
        found |= {"place"}
    return frozenset(found)
