"""One call out of what a model and the words make of the same action: which words are for what."""

from __future__ import annotations

from collections.abc import Sequence

from agent.pipeline import Abstain, Argument, Calls, Choice, Draft, Mention, Resolution, Several
from agent.resolve.locate import overlap
from agent.resolve.mentions import spans_of
from registry.offer import Offer
from registry.shortlist import Shortlist


def joined(said: Resolution, words: Resolution, shortlist: Shortlist) -> Resolution:
    """The answer that both agree on, each call with the better reading of what it needs."""
    if not (isinstance(said, Calls) and isinstance(words, Calls)):
        return said
    pairs = zip(said.drafts, words.drafts, strict=True)
    several = len(said.drafts) > 1
    drafts = tuple(merged(theirs, ours, shortlist.get(ours.action), several=several) for theirs, ours in pairs)
    return said.model_copy(update={"drafts": drafts})


def merged(theirs: Draft, ours: Draft, offer: Offer | None, *, several: bool = False) -> Draft:
    """One call out of the model's and the words' of the same action. What both read is the model's to say, but for which record is meant,
    and a list of which it named one; of ``several`` calls the words read each in its own part of the request, which the model does not."""
    if several:
        return theirs.model_copy(update={"arguments": {**theirs.arguments, **ours.arguments}})
    first = {
        name: each
        for name, each in ours.arguments.items()
        if name in theirs.arguments
        and (
            (isinstance(each, Several) and _one_of(each, theirs.arguments[name]))
            or (
                offer is not None
                and offer.annotation(name).record is not None
                and not _later(each, theirs.arguments[name])
            )
        )
    }
    return theirs.model_copy(update={"arguments": {**theirs.arguments, **first}})


def _later(*arguments: Argument) -> bool:
    """Whether it was said in answer to a question: then that is the one that is meant."""
    return any(span.origin for argument in arguments for span in spans_of(argument))


def _one_of(several: Several, argument: Argument) -> bool:
    """Whether this is but a part of the list."""
    items = argument.items if isinstance(argument, Several) else (argument,)
    said = {_meant(each) for each in several.items}
    return len(items) < len(several.items) and all(_meant(each) in said for each in items)


def _meant(one: Mention | Choice) -> object:
    return one.value if isinstance(one, Choice) else one.text.casefold()


def lent(draft: Draft, other: Draft, shortlist: Shortlist) -> Draft:
    """The words' call with what the model read for a parameter of the same name and type, though of another action: which words are an
    artist does not hang on what is done with them."""
    to, of = shortlist.get(draft.action), shortlist.get(other.action)
    if to is None or of is None:
        return draft
    taken = [span for argument in draft.arguments.values() for span in spans_of(argument)]
    lent = {
        name: argument
        for name, argument in other.arguments.items()
        if name not in draft.arguments
        and (to.properties.get(name) or {}).get("type", ...) == (of.properties.get(name) or {}).get("type")
        and not any(overlap(one, each) for one in spans_of(argument) for each in taken)
    }
    return draft.model_copy(update={"arguments": {**draft.arguments, **lent}})


def by_action(said: Resolution, words: Resolution) -> dict[str, tuple[Draft, ...]]:
    """The calls there are, by action: the model's, but the words' where they list more of them, or read as one what the model took to
    pieces."""
    made: dict[str, tuple[Draft, ...]] = {}
    for one in (words, said):
        drafts = () if isinstance(one, Abstain) else one.drafts
        before = made.get(drafts[0].action, ()) if drafts else ()
        if drafts and len(drafts) >= len(before) and not _pieces(drafts, before):
            made[drafts[0].action] = drafts
    return made


def _pieces(drafts: Sequence[Draft], whole: Sequence[Draft]) -> bool:
    """Whether all that these more calls rest on lies within what fewer calls of the same action rest on."""
    if not len(drafts) > len(whole) > 0:
        return False
    spans = [span for draft in whole for argument in draft.arguments.values() for span in spans_of(argument)]
    return all(
        any(span.origin == each.origin and each.start <= span.start and span.end <= each.end for each in spans)
        for draft in drafts
        for argument in draft.arguments.values()
        for span in spans_of(argument)
    )
