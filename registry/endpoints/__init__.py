"""Endpoints of contracts: where a call goes, how its request is made, and how the answer is read."""
