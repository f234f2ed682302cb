"""Coverage: which words of a request a plan rests on, and which it has passed over."""
