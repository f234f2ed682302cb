"""Store: every table, query and migration. Only this room knows SQL. Queries take a session and a workspace, and never
commit."""
