"""Every setting of the program: one frozen value, read once from the environment."""

import difflib
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
import msgspec.inspect
from msgspec import Meta

PREFIX = "REVIVATECH_"
# Names that every platform already knows, taken without our prefix too.
COMMON_NAMES = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL", "smtp_url": "SMTP_URL"}
SHORTEST_SECRET = 32
ORIGIN = re.compile(r"https?://[^/?#@\s]+")
MAILBOX = re.compile(r"[!-?A-~]+@[!-?A-~]+")
STORAGE_SCHEMES = ("file", "s3", "s3a", "gs", "az")
SCHEMES = {
    "public_url": ("http", "https"),
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "smtp_url": ("smtp", "smtps"),
}
# Addresses that somebody else opens: a host they must have, a path of ours they cannot.
HOSTED = ("public_url", "smtp_url")


class SettingsError(Exception):
    """A setting is wrong; the text is one sentence for the operator."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration.

    Each field is the variable `REVIVATECH_<NAME>`; a secret may come from the file that `REVIVATECH_<NAME>_FILE` names.
    """

    mode: Annotated[
        Literal["demo", "development", "production"],
        Meta(description="`production` refuses demo passwords, weak secrets and debug; `demo` loads the demo shop."),
    ] = "demo"
    data: Annotated[
        Path, Meta(description="The folder of the embedded servers, the generated secret and the files.")
    ] = Path("var")
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = 8000
    public_url: Annotated[
        str,
        Meta(
            description="The address that people open, as in links of mails; default `http://localhost:PORT`, or "
            "`http://HOST:PORT` where HOST is an address that others reach."
        ),
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="Other origins whose pages may call the API and the socket with a bearer token; comma list."),
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(description="Addresses or networks of proxies whose X-Forwarded-For is believed; comma list."),
    ] = ()
    database_url: Annotated[str, Meta(description="PostgreSQL 18; empty starts the embedded one below `data`.")] = ""
    database_pool: Annotated[int, Meta(ge=2, le=200, description="The most connections of one web process.")] = 10
    redis_url: Annotated[str, Meta(description="Valkey or Redis; empty starts the embedded one below `data`.")] = ""
    secret_key: Annotated[
        tuple[str, ...],
        Meta(
            description="Secrets of 32 characters or more that sign tokens; comma list, the first signs, all verify. "
            "Empty: one is generated and kept below `data`."
        ),
    ] = ()
    issuer: Annotated[str, Meta(description="The `iss` of access tokens.")] = "revivatech-portal"
    smtp_url: Annotated[
        str,
        Meta(description="Where mail goes, `smtp://user:password@host:587`; empty keeps mail in the database, unsent."),
    ] = ""
    mail_from: Annotated[str, Meta(description="The sender of every mail.")] = "portal@localhost"
    storage_url: Annotated[
        str,
        Meta(
            description="Where files are kept: `s3://bucket/prefix`, `gs://…`, `az://account/container` or "
            "`file:///folder`; empty: the folder `files` below `data`."
        ),
    ] = ""
    twilio_account_sid: Annotated[
        str, Meta(description="The account of Twilio that sends SMS; empty: none is sent, and nothing asks for one.")
    ] = ""
    twilio_auth_token: Annotated[str, Meta(description="The secret of that account.")] = ""
    twilio_from: Annotated[
        str,
        Meta(description="The sender of every SMS: a number such as `+351912345678`, or a messaging service `MG…`."),
    ] = ""
    twilio_url: Annotated[str, Meta(description="Twilio's API, where a region has another.")] = "https://api.twilio.com"
    registration: Annotated[
        bool, Meta(description="Whether customers may make accounts themselves; false: only the shop invites them.")
    ] = True
    sign_in_links: Annotated[
        bool, Meta(description="Whether customers may sign in by a link in a mail instead of their password.")
    ] = True
    jobs_in_web: Annotated[
        bool, Meta(description="Run the jobs inside the web process; false where `revivatech worker` runs.")
    ] = True
    api_rate_limit: Annotated[int, Meta(ge=1, description="Requests a minute that one account may make.")] = 100
    keep_answers: Annotated[
        bool, Meta(description="Keep customers' answers in Valkey until their data change; off only to measure.")
    ] = True
    require_staff_second_factor: Annotated[
        bool | None,
        Meta(description="Whether managers and admins need two-step sign-in; empty: in production mode they do."),
    ] = None
    metrics_token: Annotated[
        str, Meta(description="The bearer token that /metrics asks from other machines; empty: loopback only.")
    ] = ""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="The least to log.")] = "info"
    log_format: Annotated[Literal["json", "text"], Meta(description="`json` for machines, `text` for a terminal.")] = (
        "json"
    )
    jurisdiction: Annotated[
        Literal["DE", "BR"], Meta(description="Whose law says how long records of money are kept: Germany or Brazil.")
    ] = "DE"
    retention_addresses_days: Annotated[
        int, Meta(ge=1, le=3650, description="How many days network addresses and programs of sign-ins are kept.")
    ] = 90
    debug: Annotated[bool, Meta(description="Show faults in full to the client; refused in production.")] = False

    @property
    def is_production(self) -> bool:
        """Whether the strict rules hold."""
        return self.mode == "production"

    @property
    def asks_staff_for_second_factor(self) -> bool:
        """Whether managers and admins may not work without a second factor."""
        if self.require_staff_second_factor is None:
            return self.is_production
        return self.require_staff_second_factor

    @property
    def origin(self) -> str:
        """Scheme, host and port of `public_url`, as a browser's Origin header writes it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may be `Secure` and carry the `__Host-` prefix.

        True over https, and on loopback, which browsers trust without it. A demo on another address over plain http
        has no choice; production over plain http is refused.
        """
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether the host name or address is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """The settings of this environment; `overrides` (the command line's options) win over it.

    Raises SettingsError with one sentence naming the setting that is wrong.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        raw = _raw(field.name, environ)
        if raw is not None:
            values[field.name] = _split(raw) if _is_list(field.type) else raw
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error), values)) from None
    _refuse_strange_addresses(settings)
    _refuse_contradictions(settings)
    _refuse_weakness(settings)
    public_url = settings.public_url.rstrip("/") or f"http://{_name_of(settings.host)}:{settings.port}"
    return msgspec.structs.replace(settings, public_url=public_url)


def unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of the environment that look like settings and are none, each with the likeliest one or ""."""
    known = [field.name.upper() for field in msgspec.structs.fields(Settings)]
    allowed = {*known, *(f"{name}_FILE" for name in known)}
    found = sorted(name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX))
    likeliest = {name: difflib.get_close_matches(name, known, 1) for name in found if name not in allowed}
    return {PREFIX + name: PREFIX + similar[0] if similar else "" for name, similar in likeliest.items()}


def _name_of(host: str) -> str:
    """What people call the address that is listened on; this machine by its name, which passkeys need."""
    if host in {"127.0.0.1", "::1", "0.0.0.0", "::", ""}:  # noqa: S104 - not bound here
        return "localhost"
    return f"[{host}]" if ":" in host else host


def with_secret(settings: Settings) -> Settings:
    """The settings with a secret: the given one, or one generated once and kept as `data`/secret-key (mode 0600)."""
    if settings.secret_key:
        return settings
    path = settings.data / "secret-key"
    if not path.exists():
        _keep_secret(path, secrets.token_urlsafe(48))
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError(f"{path} holds no whole secret: put it back from a backup, or remove it to make a new one.")
    return msgspec.structs.replace(settings, secret_key=(secret,))


def _keep_secret(path: Path, secret: str) -> None:
    """Write the file wholly or not at all; where another process is faster, its secret stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _raw(name: str, environ: Mapping[str, str]) -> str | None:
    """The text given for a setting: REVIVATECH_NAME_FILE's content, REVIVATECH_NAME, or the common name."""
    variable = PREFIX + name.upper()
    if path := environ.get(f"{variable}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: {error.strerror}.") from None
    if variable in environ:
        return environ[variable]
    common = COMMON_NAMES.get(name)
    return environ.get(common) if common else None


def _is_list(annotation: object) -> bool:
    return "tuple" in str(annotation)


def _split(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _sentence(message: str, values: Mapping[str, object]) -> str:
    problem, _, place = message.partition(" - at `$.")
    name = place.rstrip("`")
    for field in msgspec.inspect.type_info(Settings).fields:  # type: ignore[attr-defined]
        if field.name == name and (wanted := _wanted(field.type)):
            return f"{PREFIX}{name.upper()} is {str(values[name])!r} and must be {wanted}."
    return f"{PREFIX}{name.upper()} is wrong: {problem}." if name else f"A setting is wrong: {problem}."


def _wanted(kind: msgspec.inspect.Type) -> str:
    """What a setting of this type may be, in words; empty for those that may hold a secret."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _wanted(inner)
        case msgspec.inspect.LiteralType(values=choices):
            return " or ".join(map(str, choices))
        case msgspec.inspect.IntType(ge=least, le=None):
            return f"a whole number of at least {least}"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"a whole number from {least} to {most}"
        case msgspec.inspect.BoolType() | msgspec.inspect.UnionType():
            return "true or false"
    return ""


def _refuse_strange_addresses(settings: Settings) -> None:
    """An address that cannot be meant is no fault to meet later. It is not repeated: it may hold a password."""
    for name, schemes in SCHEMES.items():
        if not (address := getattr(settings, name)):
            continue
        called = COMMON_NAMES.get(name, PREFIX + name.upper())
        try:
            parts = urlsplit(address)
            is_whole = parts.port is None or parts.port >= 0
        except ValueError:
            raise SettingsError(f"{called} is no address: its port or its brackets are wrong.") from None
        if parts.scheme not in schemes or not is_whole:
            raise SettingsError(f"{called} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
        if name in HOSTED and not parts.hostname:
            raise SettingsError(f"{called} names no host.")
    parts = urlsplit(settings.public_url)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise SettingsError(f"{PREFIX}PUBLIC_URL is a scheme, a host and a port: the portal has its address to itself.")
    for origin in settings.allowed_origins:
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"{PREFIX}ALLOWED_ORIGINS holds {origin!r}, which is no origin as https://shop.example."
            )


def _refuse_contradictions(settings: Settings) -> None:
    for proxy in settings.trusted_proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise SettingsError(
                f"{PREFIX}TRUSTED_PROXIES holds {proxy!r}, which is no address or network; '*' is not accepted."
            ) from None
    if settings.storage_url and urlsplit(settings.storage_url).scheme not in STORAGE_SCHEMES:
        raise SettingsError(f"{PREFIX}STORAGE_URL must begin with one of {', '.join(STORAGE_SCHEMES)}, each with ://.")
    # `The shop <portal@shop.example>` too. A wrong one would have every mail refused, one by one.
    if not MAILBOX.fullmatch(parseaddr(settings.mail_from)[1]):
        raise SettingsError(f"{PREFIX}MAIL_FROM is no address such as portal@shop.example.")
    twilio = (settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_from)
    if any(twilio) and not all(twilio):
        raise SettingsError(f"{PREFIX}TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _FROM belong together: give all or none.")
    address = urlsplit(settings.twilio_url)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        raise SettingsError(f"{PREFIX}TWILIO_URL must begin with https://: it is sent a secret.")


def _refuse_weakness(settings: Settings) -> None:
    if any(len(key) < SHORTEST_SECRET for key in settings.secret_key):
        raise SettingsError(f"{PREFIX}SECRET_KEY is too short: give at least {SHORTEST_SECRET} random characters.")
    if not settings.is_production:
        return
    if not settings.secret_key:
        raise SettingsError(f"{PREFIX}SECRET_KEY is missing: production mode does not invent one.")
    if any(len(set(key)) < SHORTEST_SECRET // 3 for key in settings.secret_key):
        raise SettingsError(f"{PREFIX}SECRET_KEY is guessable: give random characters.")
    if settings.debug:
        raise SettingsError(f"{PREFIX}DEBUG may not be on in production mode.")
    if not settings.public_url:
        raise SettingsError(f"{PREFIX}PUBLIC_URL is missing: production mode has to know the address that people open.")
    if not settings.secure_cookies:
        raise SettingsError(f"{PREFIX}PUBLIC_URL must begin with https:// in production mode.")
