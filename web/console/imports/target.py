"""Target of an import: which connection a document's calls belong to, by its address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult

from core.errors import InvalidInput
from web.console.imports.import_state import ImportState
from web.console.pages import split_address

_USUAL_PORTS = (None, 80, 443)


def choose_connection(given: str, state: ImportState, there: Mapping[str, str]) -> str:
    """The connection that was chosen, or at first the one at the document's address. Empty if there are several or
    none: then a person chooses. Raises InvalidInput for one that isn't there."""
    if given:
        if given not in there:
            raise InvalidInput(f"There is no connection {given} here (any more).")
        return given
    if split_address(state.address).hostname is None:  # the document names no host, so its name or the only one must do
        return state.connection if state.connection in there else next(iter(there)) if len(there) == 1 else ""
    near = [name for name, address in there.items() if not is_elsewhere(state.address, address)]
    same = [name for name in near if _path(there[name]) == _path(state.address)]
    found = same or near
    return state.connection if state.connection in found else found[0] if len(found) == 1 else ""


def is_elsewhere(stated: str, address: str) -> bool:
    """Whether the document's address and a connection's are at different hosts or ports."""
    mine, theirs = split_address(stated), split_address(address)
    return mine.hostname is not None and (mine.hostname, _port(mine)) != (theirs.hostname, _port(theirs))


def _port(address: SplitResult) -> int | None:
    """The port. None for the usual one of either scheme, because many documents say http of an https address."""
    try:
        return None if address.port in _USUAL_PORTS else address.port
    except ValueError:
        return -1


def _path(address: str) -> str:
    return split_address(address).path.rstrip("/")
