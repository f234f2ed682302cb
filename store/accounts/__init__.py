"""Accounts: members, logins, identities, API keys."""
