"""Drafts from an API document: a contract for each operation, record kinds, connections and credentials."""
