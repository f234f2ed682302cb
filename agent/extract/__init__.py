"""Value readers: turn typed words into values of parameters. They are deterministic and pure, without I/O. Every value
derives from the words at its span and from ``now``."""
