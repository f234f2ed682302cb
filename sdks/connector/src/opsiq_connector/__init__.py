"""Connector interface of OpsIQ: the classes of the server that runs, or of the one that is installed beside this."""

from importlib.util import find_spec

if find_spec("opsiq_server") is None:
    raise ImportError(
        "opsiq_connector has the types of the interface; its classes are the server's. To run a connector or its tests "
        'here: pip install "opsiq-connector[server]".'
    )

from opsiq_server import add_import_root

add_import_root()

from registry import interface as _interface  # noqa: E402 - the server's packages are found from here on
from registry.interface import *  # noqa: E402, F403

__all__ = _interface.__all__
__doc__ = _interface.__doc__
