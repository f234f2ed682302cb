"""Request deduplication: idempotency keys and nonces."""
