"""Settings: read from the environment once, by ``Settings.load(os.environ)``."""

from __future__ import annotations

from core.settings.loading import SDK_VARIABLES, Settings
from core.settings.model import ModelForm, ModelMode, ModelSettings

__all__ = ["SDK_VARIABLES", "ModelForm", "ModelMode", "ModelSettings", "Settings"]
