"""Cases: suites, registries and tables, and cases harvested from history."""
