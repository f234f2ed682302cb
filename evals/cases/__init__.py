"""Cases: suites, registries, tables, what is harvested."""
