"""The job queue's tables and queries."""
