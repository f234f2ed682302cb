"""Settings: read from the environment once, by ``Settings.load(os.environ)``."""

from __future__ import annotations

from core.settings.fields import ModelForm, ModelMode
from core.settings.loading import SDK_VARIABLES, Settings

__all__ = ["SDK_VARIABLES", "ModelForm", "ModelMode", "Settings"]
