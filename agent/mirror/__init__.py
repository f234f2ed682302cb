"""Records that are kept beside a workspace: found without asking the platform, checked against it before anything is sent."""

from agent.mirror.keeping import Keeping, Mirrors

__all__ = ["Keeping", "Mirrors"]
