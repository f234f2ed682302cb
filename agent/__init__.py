"""The gate: resolves a request, validates it into a plan, holds it for confirmation, sends it, and records each
step."""
