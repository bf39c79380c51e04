"""Pure helpers that know nothing of the portal: time, money, text, cursors, actors."""

from revivatech.kit.imports import without

# To colour its lines for a developer, it takes these wherever it is installed: 3 MB and 60 ms.
with without("rich"):
    import structlog as _structlog  # noqa: F401
