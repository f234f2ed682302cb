"""What ``bench.platform`` is made of."""
