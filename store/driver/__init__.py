"""SQL execution: prepared statements, bulk writes, the SQLite driver, notifications."""
