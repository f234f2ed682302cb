"""What makes a request happen once: idempotency keys and nonces."""
