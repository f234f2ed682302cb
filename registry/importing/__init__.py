"""Importers: another system's description of its API becomes unsigned drafts of contracts."""
