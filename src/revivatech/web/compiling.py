"""Templates compiled for one language: a page looks up nothing that is the same each time it is drawn.

`_("Details")` becomes the translated text, `asset("app.css")` its address, when the template is compiled. Of a text
with gaps, `_("Hello, %(name)s", name=…)`, only the filling is left. What comes out is what Jinja's own gettext makes:
markup, with whatever fills a gap escaped.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from typing_extensions import override

Lookup = Callable[[str], str]


class _DirectContext(Context):
    """Calls what is plainly a function or a macro at once; Jinja looks first whether it is another kind of callable."""

    @override
    def call(self, callee: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if type(callee) is Macro:
            args = (self.eval_ctx, *args)
        # What a function wants to be passed besides is written on it.
        elif type(callee) is not FunctionType or callee.__dict__:
            return super().call(callee, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return callee(*args, **kwargs)


def shown(value: object) -> Markup:
    """The value as it stands on a page: escaped, unless it is markup, which most of a page is."""
    return value if type(value) is Markup else escape(value)


class _Generator(CodeGenerator):
    """Writes `shown` where Jinja writes `escape`, which makes markup of markup twice."""

    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class LanguageEnvironment(Environment):
    """Jinja's environment with the texts of one language and the addresses of the built files."""

    context_class = _DirectContext
    code_generator_class = _Generator
    shown = staticmethod(shown)

    def __init__(self, gettext: Lookup, asset: Lookup, **options: Any) -> None:  # noqa: ANN401 - Jinja's own options
        super().__init__(**options)
        self._lookups = _Lookups(gettext, asset)

    @override
    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """The template as Python: Jinja's hook for those who change what is compiled."""
        return super()._generate(self._lookups.visit(source).set_environment(self), name, filename, defer_init)


class _Lookups(NodeTransformer):
    """Puts what is found in the place of the call that looks it up."""

    def __init__(self, gettext: Lookup, asset: Lookup) -> None:
        self._gettext = gettext
        self._asset = asset

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name for it
        """Return what the call looks up; any other call, and one that asks for what only the page knows, as it is."""
        self.generic_visit(call)
        match call:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], dyn_kwargs=None):
                return self._text(text, call.kwargs).set_lineno(call.lineno)
            case nodes.Call(node=nodes.Name(name="asset"), args=[nodes.Const(value=str(name))]):
                return nodes.Const(self._asset(name), lineno=call.lineno)
        return call

    def _text(self, text: str, gaps: list[nodes.Keyword]) -> nodes.Expr:
        translated = self._gettext(text)
        if not gaps:
            # As where there are gaps, a doubled per cent sign is one.
            return nodes.TemplateData(translated % {})
        filled = [nodes.Pair(nodes.Const(gap.key), gap.value) for gap in gaps]
        return nodes.Mod(nodes.TemplateData(translated), nodes.Dict(filled))
