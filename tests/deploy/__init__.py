"""An installation made as docs/guide/deploy.md says, on a Debian that has just been installed: ``make deploy-check``.
It takes root, a network and minutes, so it is no part of the suite.
"""
