"""``python -m opsiq_server``: the ``opsiq`` command."""

import sys

from opsiq_server import main

if __name__ == "__main__":
    sys.exit(main())
