"""Signing in with an OpenID Connect issuer: begun here, vouched for there, let in here."""
