"""People and keys: members, logins, identities, API keys."""
