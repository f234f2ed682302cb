"""File descriptor limit (RLIMIT_NOFILE): raised as far as this process may."""

from __future__ import annotations

import resource


def raise_file_limit() -> int:
    """Raises the soft limit to the hard one and answers how many files the process may open; 0: no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):  # some systems take no "unlimited" here
            return _finite(soft)
    return _finite(hard)


def _finite(limit: int) -> int:
    return 0 if limit == resource.RLIM_INFINITY else limit
