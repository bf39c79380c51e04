"""The language that a browser asks for."""

import pytest

from revivatech.kit.i18n import negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("pt", "pt-BR"),
        ("de-DE,de;q=0.9,pt;q=0.5,en;q=0.4", "pt-BR"),
        ("de,fr", "en"),
        ("en;q=0.2,pt;q=0.9", "pt-BR"),
        ("pt;q=abc,en", "en"),
        (",;q=,;;;", "en"),
        ("pt;q=0,fr", "en"),
        ("PT-br", "pt-BR"),
        ("ptx,enm", "en"),
        ("ptx,pt;q=0.1", "pt-BR"),
    ],
)
def test_the_best_of_our_languages_is_taken(header: str, language: str) -> None:
    """Quality values are honoured, zero as a refusal; nonsense is passed over, English is the last resort."""
    assert negotiate(header) == language
