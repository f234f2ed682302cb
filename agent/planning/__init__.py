"""Planning: from a request to a plan, a question, an answer or a refusal."""
