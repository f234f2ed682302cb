"""What is written to AI History, and how it is exported and verified."""
