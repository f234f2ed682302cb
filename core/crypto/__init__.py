"""Cryptography: request signatures, encryption of stored secrets, authentication codes, passwords, key files."""
