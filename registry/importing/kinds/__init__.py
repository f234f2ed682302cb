"""Record kinds of a document: what can be listed, what it is called, and which parameters name it."""
