"""What other slices and app.py may call: the names of this slice, in one place."""

from revivatech.privacy.erase import Eraser
from revivatech.privacy.erasure_log import may_know_somebody
from revivatech.privacy.metrics import refresh as refresh_figures
from revivatech.privacy.personal_data import Privacy

__all__ = ["Eraser", "Privacy", "may_know_somebody", "refresh_figures"]
