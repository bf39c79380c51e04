"""What a form holds, and what its page says when it comes back."""

from revivatech.kit.errors import FieldError, InvalidInput, TooMany
from revivatech.web import forms


def test_what_is_no_text_is_empty() -> None:
    """A file, where a text belongs, and a field that was not sent are empty."""
    typed = forms.fields_of({"name": " Anna ", "photo": object()})

    assert (typed["name"], typed["photo"], typed["nothing"]) == (" Anna ", "", "")
    assert dict(typed) == {"name": " Anna "}


def test_a_refused_field_has_the_forms_name_and_the_readers_words() -> None:
    """Where fields say what is wrong, the page needs no word of its own besides."""
    refusal = InvalidInput(
        "Please check what you wrote.",
        errors=[FieldError("handOverTo", "Choose one from the list."), FieldError("x", "Y")],
    )

    said = forms.why(refusal, "pt-BR", {"handOverTo": "hand_over_to"})

    assert [one.field for one in said["errors"]] == ["hand_over_to", "x"]
    assert said["wrong"]["hand_over_to"] not in {"", "Choose one from the list."}
    assert (said["status"], said["refused"], said["problem"], said["code"]) == (422, True, "", "invalid_input")


def test_a_refusal_without_fields_says_why_and_when_to_come_again() -> None:
    """The minutes are rounded up, so that nobody comes too early; a page that was not refused says nothing."""
    said = forms.why(TooMany("Enough.", limit=5, retry_after=61), "en")
    nothing = forms.why(None, "en")

    assert (said["status"], said["problem"], said["minutes"], said["errors"]) == (429, "Enough.", 2, [])
    assert said["headers"]["Retry-After"] == "61"
    assert (nothing["status"], nothing["refused"], nothing["problem"], nothing["wrong"]) == (200, False, "", {})
