"""Opposites: verbs of more and less, of a beginning and an end, of yes and no, and those that take something away."""

from __future__ import annotations

from typing import Final

from language.stems import stem_text

# More and less, allow and stop, yes and no.
PAIRS: Final = tuple(
    (frozenset(stem_text(one)), frozenset(stem_text(other)))
    for one, other in (
        (
            "add extend increase lengthen prolong raise give grant top load credit renew boost",
            "reduce decrease shorten lower cut trim deduct subtract lessen shrink remove revoke withdraw stop cancel"
            " undo reverse",
        ),
        (
            "open reopen enable activate reactivate start resume unblock unlock unsuspend unpause restore",
            "close disable deactivate stop pause suspend block lock ban freeze end cancel",
        ),
        ("approve accept confirm publish", "reject decline deny refuse unpublish"),
    )
)
MORE, LESS = PAIRS[0]
REMOVING: Final = frozenset(
    stem_text(
        "waive drop forgive discount refund release free delete erase clear scrap discard bin throw void abort dismiss"
        " unassign detach archive expire retire empty exempt credit"
    )
)
ENDING: Final = frozenset().union(*PAIRS[1], PAIRS[2][1], stem_text("remove revoke withdraw undo reverse"))
"""Verbs that end something or undo an end, and so say what is no longer so."""
GIVING_BACK: Final = frozenset(stem_text("return refund reimburse repay restore back"))
TAKING_AWAY: Final = LESS | ENDING | REMOVING
"""Verbs that end something or take it away."""
