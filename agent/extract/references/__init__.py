"""The parts of ``agent.extract.reference``."""
