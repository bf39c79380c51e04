"""Pages: Jinja templates in the reader's language, whole or one block at a time."""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from jinja2.runtime import Macro
from litestar import Response

from revivatech.db import BatchedRead, Query
from revivatech.kit import phones
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.kit.email import readable_email
from revivatech.kit.i18n import LANGUAGES, catalogue, locale_of, negotiate, translations
from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.bytecode import Bytecodes
from revivatech.web.compiling import LanguageEnvironment
from revivatech.web.error_summary import completed
from revivatech.web.formats import Formats
from revivatech.web.macros import Memory
from revivatech.web.raw_response import HTML, Ready
from revivatech.web.request import Request
from revivatech.web.static import StaticFiles

Theme = Literal["light", "dark", "system"]
THEMES: tuple[Theme, ...] = ("light", "dark", "system")
# The block that a fragment request names in its URL or header.
FRAGMENT_HEADER = "x-fragment"


class Viewer(Value):
    """The signed-in person as the page's frame shows them."""

    kind: Literal["customer", "staff"]
    id: UUID
    name: str
    first_name: str
    initials: str
    email: str | None
    role: str | None
    language: str
    timezone: str
    unread: int = 0
    last_seq: int = 0
    avatar_url: str | None = None
    # What the account remembers; the browser's own choice counts for everybody else.
    theme: str | None = None


class Reads(Protocol):
    """Somebody with a language."""

    @property
    def language(self) -> str:
        """The language of their account."""


class Frame(Value):
    """The frame of a page: the shop, and who looks at it."""

    shop: Any
    viewer: Viewer | None
    # The shop's country (ISO 3166), for the regional form of dates and numbers.
    country: str | None = None


Answer = TypeVar("Answer")
Queries = tuple[Query[Any], ...]


class LoadsFrames(Protocol):
    """Loads the frame of a page."""

    async def load(self, request: Request, actor: CustomerActor | StaffActor | None) -> Frame:
        """The frame for whoever looks."""

    async def load_with(self, actor: CustomerActor, questions: Queries) -> tuple[Frame, Sequence[list[Any]]]:
        """A customer's frame, and the rows of these questions, asked at the same time."""


_formats: ContextVar[Formats] = ContextVar("formats")


class Pages:
    """The templates of one process, compiled once a language."""

    def __init__(self, settings: Settings, static: StaticFiles, frames: LoadsFrames) -> None:
        self._settings = settings
        self._static = static
        self._frames = frames
        self._environments: dict[str, Environment] = {language: self._environment(language) for language in LANGUAGES}

    async def render(
        self,
        request: Request,
        template: str,
        *,
        viewer: CustomerActor | StaffActor | None = None,
        block: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response[Any]:
        """The page, or only its `block`, as a response in the viewer's language, zone and theme."""
        frame = await self.frame(request, viewer)
        language = language_of(request, frame.viewer)
        page = self._environments[language].get_template(template)
        values = self._values(request, frame, language) | {"failed": _is_form_back(template, status)} | context
        zone = frame.viewer.timezone if frame.viewer else frame.shop.timezone
        token = _formats.set(Formats(language, zone, frame.country))
        try:
            html = page.render(values) if block is None else _render_block(page, block, values)
        finally:
            _formats.reset(token)
        return Ready(
            completed(html).encode(),
            status_code=status,
            media_type=HTML,
            headers={"Content-Language": language, **(headers or {})},
        )

    async def frame(self, request: Request, viewer: CustomerActor | StaffActor | None) -> Frame:
        """Return what surrounds the page, loaded once a request: a handler that needs language or zone asks first."""
        state = request.scope["state"]
        if "frame" not in state:
            state["frame"] = await self._frames.load(request, viewer)
        frame: Frame = state["frame"]
        return frame

    async def frame_with(
        self, request: Request, viewer: CustomerActor, inquiry: BatchedRead[Answer]
    ) -> tuple[Frame, Answer]:
        """Return what surrounds the page and what is on it, in one statement."""
        frame, rows = await self._frames.load_with(viewer, inquiry.questions)
        request.scope["state"]["frame"] = frame
        name = frame.viewer.name if frame.viewer else ""
        return frame, inquiry.answer(language_of(request, frame.viewer), name, *rows)

    async def error(
        self,
        request: Request,
        status: int,
        request_id: str,
        viewer: CustomerActor | StaffActor | None = None,
        code: str = "",
    ) -> Response[Any]:
        """The page that says what went wrong, what was kept and what to do."""
        return await self.render(
            request,
            "errors/error.html",
            viewer=viewer,
            status=status,
            status_code=status,
            code=code,
            request_id=request_id,
            public_url=self._settings.public_url.rstrip("/"),
        )

    def _values(self, request: Request, frame: Frame, language: str) -> dict[str, object]:
        theme = (frame.viewer and frame.viewer.theme) or request.cookies.get("theme")
        return {
            "locale": language,
            "html_lang": locale_of(language, frame.country).replace("_", "-"),
            "shop": frame.shop,
            "viewer": frame.viewer,
            "theme": theme if theme in THEMES else "system",
            "page_path": request.url.path,
            "page_url": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            "demo": self._settings.mode == "demo",
        }

    def _environment(self, language: str) -> Environment:
        texts = translations(language)
        environment = LanguageEnvironment(
            texts.gettext,
            self._static.url,
            loader=FunctionLoader(_source),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=not self._settings.is_production and self._settings.mode == "development",
            extensions=["jinja2.ext.i18n"],
            bytecode_cache=Bytecodes(
                self._settings.data / "templates" / language,
                catalogue(language) + repr(self._static.names).encode(),
            ),
        )
        environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            asset=self._static.url,
            format_date=lambda at: _formats.get().date(at),
            format_day=lambda at: _formats.get().day(at),
            format_datetime=lambda at: _formats.get().datetime(at),
            format_time=lambda at: _formats.get().time(at),
            format_money=lambda amount, currency: _formats.get().money(amount, currency),
            format_number=lambda number: _formats.get().number(number),
            time_tag=lambda at, style="moment": _formats.get().time_tag(at, style),
            ui=SimpleNamespace(),
        )
        environment.filters.update(
            phone=lambda number: phones.shown(number) if number else "",
            email=lambda address: readable_email(address) if address else "",
        )
        _load_macros(environment)
        return environment


def _is_form_back(template: str, status: int) -> bool:
    """Return whether the page is a form that was refused; error pages say so by themselves."""
    return status >= HTTPStatus.BAD_REQUEST and not template.startswith("errors/")


def language_of(request: Request, viewer: Reads | None = None) -> str:
    """The language to answer in: the cookie's choice, else the account's, else what the browser asks for."""
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if viewer is not None and viewer.language in LANGUAGES:
        return viewer.language
    return negotiate(request.headers.get("accept-language", ""))


def wants_fragment(request: Request) -> str | None:
    """The block that the page's script asks for; None where a person loads the whole page."""
    return request.headers.get(FRAGMENT_HEADER)


def _render_block(page: Template, block: str, values: dict[str, object]) -> str:
    """One block of a template alone. Raises KeyError where the template has none of that name."""
    context = page.new_context(values)
    return "".join(page.blocks[block](context))


def _source(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    """The template `<slice>/<file>` from that slice's folder, anything else from the platform's own."""
    owner, _, rest = name.partition("/")
    package = resources.files("revivatech")
    own = package / "web" / "templates" / name
    file = own if own.is_file() else package / owner / "templates" / rest
    if not file.is_file():
        return None
    path = Path(str(file))
    text = file.read_text("utf-8")
    modified = _modified(path)
    return text, str(path), lambda: _modified(path) == modified


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _reader() -> tuple[str, str]:
    """Return the locale and the time zone of whoever the page is drawn for."""
    formats = _formats.get()
    return formats.locale, formats.timezone


def _load_macros(environment: Environment) -> None:
    """Offer every macro of `templates/ui/` as `ui.<name>`: a macro imported by a page is undefined in its blocks."""
    folder = resources.files("revivatech.web") / "templates" / "ui"
    if not folder.is_dir():
        return
    ui = environment.globals["ui"]
    memory = Memory(_reader)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".html"):
            module = environment.get_template(f"ui/{file.name}").module
            for name, macro in vars(module).items():
                if isinstance(macro, Macro):
                    setattr(ui, name, macro if macro.caller else memory.remembering(name, macro))
