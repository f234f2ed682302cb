"""Questions: about records, about what was done to them, and about actions."""
