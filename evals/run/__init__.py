"""Eval runs: cases answered by a resolver."""
