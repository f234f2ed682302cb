"""From words to drafts: which of the offered actions, if any, and which words stand for which parameter."""
