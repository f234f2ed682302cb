"""The JavaScript SDK against a real server, and as a stranger gets it: packed, installed, used as its pages say."""

from __future__ import annotations

import pytest

from tests.sdks.conftest import Js
from tests.sdks.test_js import passed


@pytest.mark.timeout(700)
def test_a_stranger_can_use_it(js: Js) -> None:
    done = js.run("npm", "run", "test:stranger", timeout_s=600)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]
    passed(done.stdout, at_least=30)
