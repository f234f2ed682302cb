"""A worker process that never becomes ready."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    signal.pause()
