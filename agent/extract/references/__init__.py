"""Referring expressions: read which record "Adam's last unpaid invoice", "ticket 5519" or "her biggest open order"
means.

Nothing is looked up here. A Reference says how to find the record, and validation asks the live data.
"""
