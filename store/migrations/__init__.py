"""Schema migrations, in the order of their numbers; ``store.migrate`` runs them."""
