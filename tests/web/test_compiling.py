"""Templates compiled for one language write what Jinja's own gettext would write."""

from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from revivatech.kit.i18n import translations
from revivatech.web.compiling import LanguageEnvironment

TEXTS = {
    "plain": '<h1>{{ _("Details") }}</h1>',
    "attribute": "<p title=\"{{ _('Details') }}\">",
    "markup": '{{ _("a &amp; b <b>c</b>") }}',
    "percent": '{{ _("100 %%") }} {{ _("%(n)s %%", n=5) }}',
    "gap": '{{ _("Hello, %(name)s", name=name) }}',
    "nested": '{{ _("Hello, %(name)s", name=_("Details")) }}',
    "in a list": '{% for text, url in [(_("Details"), "/a")] %}{{ text }} {{ url }}{% endfor %}',
    "in an expression": '{{ "x" ~ _("Details") ~ name }}{{ name or _("Details") }}',
    "not known yet": "{{ _(name) }}",
    "plural": '{{ ngettext("%(num)s month", "%(num)s months", 3) }}',
}


def environments(language: str) -> tuple[Environment, Environment]:
    """Jinja's own and ours, of the same texts."""
    options: dict[str, Any] = {"loader": DictLoader(TEXTS), "autoescape": True, "undefined": StrictUndefined}
    texts = translations(language)
    ours = LanguageEnvironment(texts.gettext, "/static/{}".format, extensions=["jinja2.ext.i18n"], **options)
    plain = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - autoescape is among the options
    for environment in (ours, plain):
        environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    return ours, plain


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", TEXTS)
def test_it_writes_what_jinja_writes(name: str, language: str) -> None:
    """Translated, gaps escaped, texts as markup."""
    ours, plain = environments(language)
    context = {"name": "<script>"}

    assert ours.get_template(name).render(context) == plain.get_template(name).render(context)


def test_texts_and_addresses_are_looked_up_once() -> None:
    """When the template is compiled; drawing it asks for nothing."""
    asked: list[str] = []

    def gettext(text: str) -> str:
        asked.append(text)
        return text.upper()

    environment = LanguageEnvironment(gettext, "/static/{}".format, autoescape=True)
    template = environment.from_string('{{ _("details") }} {{ asset("app.css") }}')
    asked_first = list(asked)

    assert [template.render(), template.render()] == ["DETAILS /static/app.css"] * 2
    assert asked == asked_first == ["details"]


def test_a_gap_that_nothing_fills_is_a_fault() -> None:
    """As everywhere in the templates, a name that is not there does not pass silently."""
    ours, _ = environments("en")

    with pytest.raises(UndefinedError):
        ours.get_template("gap").render({})
