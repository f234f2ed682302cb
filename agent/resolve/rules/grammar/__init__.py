"""Grammar of requests: reads noun phrases, amounts, conditions and questions of English into the proposal language.

Every reader takes tokens from left to right and says how far it came. It leaves alone what it can't read.
"""
