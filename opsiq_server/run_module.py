"""``python -m opsiq_server.run_module MODULE …``: as ``python -m MODULE …`` with the server's packages on the import
path. OpsIQ's own child processes are started by it (``core.python_command``)."""

import runpy
import sys

from opsiq_server import add_import_root

if __name__ == "__main__":
    add_import_root()
    if len(sys.argv) < 2:
        sys.exit("python -m opsiq_server.run_module MODULE …: name the module to run")
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
