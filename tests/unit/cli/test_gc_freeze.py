from __future__ import annotations

import gc

import pytest

from cli.gc_freeze import freeze_imports


def test_nothing_is_collected_while_a_process_imports_and_imports_are_set_aside() -> None:
    before = gc.get_freeze_count()
    with freeze_imports():
        assert not gc.isenabled()
        made = [[each] for each in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_an_import_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ModuleNotFoundError), freeze_imports():
        import no_such_module  # type: ignore[import-not-found]  # noqa: F401, RUF100
    assert gc.isenabled()
