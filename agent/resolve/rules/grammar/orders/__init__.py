"""Orders in a request: cut into stretches of tokens, each interpreted by every action, the best explanation chosen."""
