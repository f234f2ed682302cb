"""Store: every table, query and migration; the only room that knows SQL. Queries take a session and a workspace and
never commit."""
