"""Where a person may be sent on to."""

from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.urls import safe_next

HERE = "https://portal.example"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/customer/repairs",
        "/customer/repairs?status=received&q=a%20b",
        "/customer/repairs/0198c0de-0000-7000-8000-000000000000#photos",
        "/customer/sign-in?next=/customer/dashboard",
        "/customer/repairs?q=//not-a-host",
        "/r/abc.def-ghi_jkl~",
        "/customer/repairs?q=50%25",
    ],
)
def test_r15_our_own_paths_are_kept(path: str) -> None:
    """A path of the portal, with query and fragment, comes back as it is."""
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "trick",
    [
        "",
        None,
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: https://evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "http:///evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https://evil.example",
        "https://portal.example@evil.example",
        "evil.example",
        "%00//evil.example",
        "/%00/evil.example",
        "/%2f/evil.example",
        "/%2fevil.example",
        "%2f%2fevil.example",
        "/%252fevil.example",
        "/%25252525252fevil.example",
        "/%5cevil.example",
        "/%255cevil.example",
        "/..//evil.example",
        "/customer/..//evil.example",
        "/customer/../../evil",
        "/./evil",
        "/%2e%2e/evil",
        "/.%2e/evil",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        " /customer",
        "/customer ",
        "/customer/é",
        "/customer/\u2028",
        "/\u3000/evil.example",
        "/" + "a" * 2001,
        "?next=/",
        "#x",
    ],
)
def test_r15_tricks_lead_home(trick: str | None) -> None:
    """Whatever a browser or a proxy could read as another place is replaced."""
    assert safe_next(trick, "/home") == "/home"


@given(st.text(max_size=60) | st.text(alphabet="/\\%.:@?#a\t 0259fFcCeE", max_size=30))
def test_r15_whatever_is_kept_stays_on_the_site(text: str) -> None:
    """No text leads a browser elsewhere, nor after a server has decoded or normalised it."""
    result = safe_next(text, "/home")
    for reading in (result, result.replace("%2f", "/").replace("%2F", "/").replace("%5c", "\\")):
        assert urlsplit(urljoin(HERE + "/customer/sign-in", reading)).netloc == "portal.example"
        assert not reading.split("?")[0].split("#")[0].startswith(("//", "/\\"))


@given(st.text(max_size=60))
def test_a_quoted_query_survives(text: str) -> None:
    """What a person searched for does not cost them the way back, as long as it can be written."""
    path = f"/customer/repairs?q={quote(text, safe='', errors='replace')}"
    assert safe_next(path) == path
