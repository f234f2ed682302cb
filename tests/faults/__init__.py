"""The fault suite: real load on real processes that are killed without warning, and a count of what was promised
afterwards.

``python -m tests.faults --db sqlite --kills 200`` (``make faults``).
"""
