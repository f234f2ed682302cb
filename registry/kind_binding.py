"""Kind binding: which record kinds a contract means, where several connections have kinds of one name."""

from __future__ import annotations

from registry.contract import Contract
from registry.records import Kinds


def connection_of(contract: Contract) -> str:
    """The connection that a contract is sent to: what its endpoint names, else the first part of its own name."""
    named = getattr(contract.endpoint, "connection", None)
    return named if isinstance(named, str) and named else contract.name.split(".", 1)[0]


def bind(contract: Contract, kinds: Kinds) -> Contract | str:
    """The contract with the kinds it refers to by the names they go by here, the very same where they are written so;
    a clause that says why, where it can't be told which is meant. Its signed bytes and digest stay those of the
    document that was signed."""
    own, renamed = connection_of(contract), {}
    for name, annotation in contract.annotations.items():
        if annotation.record is None:
            continue
        kind = kinds.named_by(annotation.record, own)
        if kind is None:
            if choices := kinds.choices(annotation.record):
                return (
                    f"{annotation.record!r} is a kind of several connections, so that {name!r} may mean any of "
                    f"{', '.join(choices)}; name the connection in its endpoint, or the kind in full"
                )
            continue
        if kind.name != annotation.record:
            renamed[name] = annotation.model_copy(update={"record": kind.name})
    if not renamed:
        return contract
    contract.digest  # noqa: B018 - of the signed document: kept in the copy
    return contract.model_copy(update={"annotations": {**contract.annotations, **renamed}})
