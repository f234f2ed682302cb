"""Real processes for every test here; sockets to this machine only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.installation import Installation


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo platform and a server, for the tests of one file. They leave each other's records alone."""
    made = Installation(tmp_path_factory.mktemp("world"))
    try:
        made.start_platform()
        made.found()
        made.start_server()
        yield made
    finally:
        made.stop()
