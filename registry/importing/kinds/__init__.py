"""Record kinds of a document: records that can be listed, their names, and the parameters that refer to them."""
