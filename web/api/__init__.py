"""REST API under ``/v1``: a resource a file, mounted in ``web.app``; every request is signed."""
