"""The signed REST surface under ``/v1``."""
