"""REST: rules and instructions."""
