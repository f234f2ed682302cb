"""Every table and query: the only room that knows SQL. Queries take a session and a workspace and never commit."""
