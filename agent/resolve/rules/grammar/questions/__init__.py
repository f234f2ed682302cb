"""Questions in a request: about records, about what was done to them, and about actions themselves."""
