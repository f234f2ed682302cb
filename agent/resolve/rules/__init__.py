"""Rule resolver: resolves requests by grammar and word matching, without a model."""
