"""REST API under ``/v1``. Each file has one resource: its routes and the views of its answers. Every request is signed.
A new resource's router is mounted in ``web.app``."""
