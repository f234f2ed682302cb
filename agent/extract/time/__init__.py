"""Finders of dates, times, durations and time ranges."""
