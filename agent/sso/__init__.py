"""Single sign-on with an OpenID Connect issuer."""
