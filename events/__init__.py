"""Events: what has happened, and the subscribers that react to it or notify others of it: automations and webhooks."""
