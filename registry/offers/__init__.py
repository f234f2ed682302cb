"""Offers: what a resolver is shown of each action, and which of them a request is shown."""
