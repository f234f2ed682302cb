"""Real processes for every test here; sockets to this machine only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.installation import Installation, running_installation


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A demo platform and a server, for the tests of one file. They leave each other's records alone."""
    with running_installation(tmp_path_factory.mktemp("world")) as made:
        yield made
