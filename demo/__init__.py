"""Demo: a small platform to try OpsIQ on, and its seed."""
