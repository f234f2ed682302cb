"""Eval cases: suites, registries and tables, those imported from other projects, and those harvested from history."""
