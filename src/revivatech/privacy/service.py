"""The facade of this slice: everything that others may call."""

from revivatech.privacy.erase import Eraser
from revivatech.privacy.erasure_log import may_know_somebody
from revivatech.privacy.metrics import refresh as refresh_figures
from revivatech.privacy.personal_data import Privacy

__all__ = ["Eraser", "Privacy", "may_know_somebody", "refresh_figures"]
