"""How model and words weigh the actions of one request, brought into the same terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.pipeline import Abstain, Ask, Calls, Draft, Request, Resolution
from agent.resolve.offline import as_read
from agent.resolve.pool import Doubt, Minds
from agent.resolve.rank import ranked
from agent.resolve.schema import ASK, NONE, Shape
from agent.resolve.split import hear
from agent.resolve.weigh import Weighed
from registry.records import RecordKind
from registry.shortlist import Shortlist


def both(
    told: Mapping[str, float],
    choice: Shape,
    said: Resolution,
    words: Resolution,
    doubts: Mapping[str, Doubt],
    request: Request,
    shortlist: Shortlist,
    kinds: Sequence[RecordKind],
) -> tuple[Minds | None, Mapping[str, Draft]]:
    """Both minds, and by action the call that the words make of it, of what neither chose too. ``told`` is how likely the model held each
    name it could say, empty where no provider tells; ``said`` what it answered, ``words`` what the words alone come to. Nothing where
    nothing is told, and for what must not be done or is only asked about: that is not weighed."""
    read = as_read(request.text, shortlist, kinds)
    clause = hear(read.text)
    if not told or clause.negated or clause.about:
        return None, {}
    weighed = ranked(clause, shortlist, kinds, request.now)
    shares = _shares({each.offer.name: each.probability for each in weighed}, words)
    model = {entry.offer.name: told.get(token, 0.0) for token, entry in choice.entries.items()}
    if isinstance(said, Ask):
        for each in said.question.candidates:  # what it would ask about, it holds for possible
            model[each.id] = model.get(each.id, 0.0) + told.get(ASK, 0.0) / len(said.question.candidates)
    minds = Minds(words=shares, model={**model, Minds.NONE: told.get(NONE, 0.0)}, doubts=doubts)
    if not weighed:
        return minds, {}
    made = read.as_typed(Calls(drafts=tuple(_draft(each) for each in weighed)))
    assert isinstance(made, Calls)
    return minds, {draft.action: draft for draft in made.drafts}


def _draft(each: Weighed) -> Draft:
    return Draft(action=each.offer.name, version=each.offer.version, arguments=each.filling.arguments)


def _shares(weighed: Mapping[str, float], words: Resolution) -> Mapping[str, float]:
    """The words' shares of the whole request, so that what they came to is the likeliest."""
    if isinstance(words, Abstain) or not words.drafts:
        return weighed
    found = words.drafts[0].action
    if isinstance(words, Calls):
        # Found in a part of the request, it was weighed without what else is said there.
        sure = max(words.confidence, weighed.get(found, 0.0))
        left = (1.0 - sure) / max(1e-9, 1.0 - weighed.get(found, 0.0))
        return {**{name: share * left for name, share in weighed.items()}, found: sure}
    if found not in weighed:
        return weighed
    top = max(weighed, key=lambda name: weighed[name])
    # What is proposed first though another fits better: looking up before doing.
    swapped = {**weighed, top: weighed[found], found: weighed[top]}
    return {found: swapped[found], **swapped}
