"""The names under which answers are kept."""

from revivatech.web.asgi import Scope
from revivatech.web.edge.response_cache import name_of

# A wish that says what it wants only at its end.
LONG = ",".join(["xx-Latn-001;q=0.9"] * 4)


def named(path: str = "/api/customer/repairs", query: str = "", **headers: str) -> str:
    """The name of the answer to such a request."""
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"path": path, "query_string": query.encode(), "headers": fields}
    return name_of(scope)


def test_who_gets_the_same_language_shares_an_answer() -> None:
    """However a browser puts its wish: its language is what the answer depends on, and nothing else of it."""
    assert named(accept_language="pt-BR,pt;q=0.9,en;q=0.5") == named(accept_language="pt")
    assert named(accept_language="fr,en;q=0.5") == named(accept_language="en-GB") == named()


def test_a_wish_counts_to_its_end() -> None:
    """Two wishes that differ late get two answers: nobody reads a page that was made for the other language."""
    assert named(accept_language=f"{LONG},pt;q=0.5") != named(accept_language=f"{LONG},en;q=0.5")


def test_an_answer_is_kept_for_its_question_alone() -> None:
    """Path, query, theme, block: each makes another answer; an endless query makes none that is kept."""
    names = {
        named(),
        named(query="limit=20"),
        named("/customer/repairs"),
        named("/customer/repairs", cookie="theme=dark"),
        named("/customer/repairs", x_fragment="rows"),
        named(cookie="language=pt-BR"),
    }

    assert len(names) == 6
    assert "" not in names
    assert named(cookie="theme=dark") == named()
    assert named(query="q=" + "x" * 400) == ""
