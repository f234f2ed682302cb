"""Commands that set up, check and keep an installation's data."""
