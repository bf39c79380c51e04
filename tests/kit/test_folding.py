"""Text is searched without regard to case, accents and keyboards, the same in Python and in PostgreSQL (C03)."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revivatech.kit.folding import folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Não LIGA, écran cassé", "nao liga, ecran casse"),
        ("Électrolux", "electrolux"),
        ("E\u0301lectrolux", "electrolux"),
        ("Łukasz Øster Đoković", "lukasz oster dokovic"),
        ("Straße Æther œuvre Þór", "strasse aether oeuvre thor"),
        ("İstanbul ılık", "istanbul ilik"),
        ("O\u2019Brien", "o'brien"),
        ("R\u201103S\u20135X72", "r-03s-5x72"),
        ("\uff32\uff0d\uff10\uff13", "r-03"),
        ("a\u00a0b", "a b"),
        ("co\u00adop\u200b", "coop"),
        ("Ёлка Йод", "елка иод"),
        ("100%_", "100%_"),
    ],
)
def test_c03_case_accents_and_keyboards_do_not_count(text: str, plain: str) -> None:
    """Letters that are composed or not, full width, typographic signs."""
    assert folded(text) == plain


# Characters that PostgreSQL's Unicode knows longer than Python's, or the reverse, are not compared.
ASSIGNED = st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs", "Cn", "Cc"], exclude_characters="\x00")


@given(texts=st.lists(st.text(ASSIGNED, max_size=40), min_size=1, max_size=50))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_c03_postgresql_folds_as_we_do(database_url: str, texts: list[str]) -> None:
    """What is typed is folded in Python, what is stored in the database: both alike, for any text."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT folded(text) FROM unnest(%s::text[]) WITH ORDINALITY AS given (text, nth) ORDER BY nth", [texts]
        ).fetchall()
    assert [row[0] for row in rows] == [folded(text) for text in texts]
