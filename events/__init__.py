"""Events: what has happened, and who reacts to it: automations and webhooks."""
