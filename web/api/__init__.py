"""REST API under ``/v1``: every request is signed."""
