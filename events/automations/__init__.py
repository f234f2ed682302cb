"""Automations: rules and instructions that react to events."""
