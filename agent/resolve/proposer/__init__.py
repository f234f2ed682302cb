"""The model's path: a prompt, a closed JSON Schema for this request, and the answer read back as a proposal."""
