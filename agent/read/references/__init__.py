"""The parts of ``agent.read.reference``."""
