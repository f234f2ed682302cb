"""Coverage: compares the words of a request with the plan made from it, and finds the words that the plan ignores."""
