"""What other slices and app.py may call: the names of this slice, in one place."""

from revivatech.privacy.erasures import replay
from revivatech.privacy.journal import has_erased
from revivatech.privacy.metrics import refresh as refresh_figures
from revivatech.privacy.personal import Privacy

__all__ = ["Privacy", "has_erased", "refresh_figures", "replay"]
