"""What is decided: resolve → validate → confirm → run → record."""
