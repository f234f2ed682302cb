"""Grammar of requests: noun phrases, amounts, conditions and questions of English, read into the proposal language.

Every reader takes tokens from left to right and says how far it came; what it can't read it leaves alone.
"""
