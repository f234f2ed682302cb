"""Offers: what a resolver sees of each action, and which actions a request is offered."""
