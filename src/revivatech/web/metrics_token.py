"""Permission to read the metrics."""

import hmac

from revivatech.settings import Settings


def knows_token(settings: Settings, authorization: bytes) -> bool:
    """Return True where the Authorization header holds the metrics token; False where none is set."""
    token = settings.metrics_token
    return bool(token) and hmac.compare_digest(authorization, f"Bearer {token}".encode())
