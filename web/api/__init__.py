"""REST API under ``/v1``: a resource a file, its routes with the views of what they answer; every request is signed.
The router of a new resource is mounted in ``web.app``."""
