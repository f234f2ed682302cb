"""What runs SQL: prepared statements, bulk writes, the SQLite driver, notifications."""
