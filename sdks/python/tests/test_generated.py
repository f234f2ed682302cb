"""What is made of something else is what would be made of it today, and both faces are the same."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from opsiq import _aio, _aio_resources, _sync, _sync_resources

SDK = Path(__file__).parents[1]


def test_types_and_the_synchronous_client_have_not_drifted() -> None:
    pytest.importorskip("web.app", reason="the server is not installed here")
    done = subprocess.run(
        [sys.executable, str(SDK / "scripts" / "generate.py"), "--check"],
        cwd=SDK.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("face", "twins"), [(_sync, _aio), (_sync_resources, _aio_resources)])
def test_both_clients_take_the_same_words(face: ModuleType, twins: ModuleType) -> None:
    compared = 0
    for name, kind in vars(face).items():
        if not inspect.isclass(kind) or kind.__module__ != face.__name__ or name.startswith("_"):
            continue
        other = getattr(twins, f"Async{name}")
        compared += 1
        for method, function in vars(kind).items():
            if inspect.isfunction(function) and not method.startswith("__") and method != "close":
                twin = getattr(other, method)
                assert list(inspect.signature(function).parameters) == list(inspect.signature(twin).parameters), (
                    f"{name}.{method}"
                )
    assert compared
