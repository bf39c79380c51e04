"""The settings, and what follows from them."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "REVIVATECH_"
# Names that every platform already knows, taken without our prefix too.
COMMON_NAMES = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL", "smtp_url": "SMTP_URL"}


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
    connections: Annotated[
        int,
        Meta(ge=16, description="The most open connections of one web process; fewer where it may open fewer files."),
    ] = 10_000
    connections_per_network: Annotated[
        int,
        Meta(
            ge=1,
            description="The most of them that come from one IPv4 address or IPv6 /64; trusted proxies, and sockets on "
            "which somebody has signed in, do not count.",
        ),
    ] = 1000
    strangers_per_network: Annotated[
        int, Meta(ge=1, description="The most sockets of one network on which nobody has signed in yet.")
    ] = 1000
    head_seconds: Annotated[float, Meta(gt=0, le=3600, description="How long the head of a request may take.")] = 10.0
    body_seconds: Annotated[
        float, Meta(gt=0, le=3600, description="How long a request's body may take, beside what `body_rate` grants.")
    ] = 30.0
    body_rate: Annotated[
        int, Meta(ge=1, description="Bytes of a body, or of a response, that earn the client another second.")
    ] = 16_000
    write_seconds: Annotated[
        float, Meta(gt=0, le=3600, description="How long a client may take nothing of what it is sent.")
    ] = 20.0
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
    mail_from: Annotated[
        str, Meta(description="The sending address of every email; it goes by the shop's name unless it has its own.")
    ] = "portal@localhost"
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
        bool, Meta(description="Whether people may sign in with an emailed link instead of their password.")
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
    retention_addresses_days: Annotated[
        int, Meta(ge=1, le=3650, description="How many days network addresses and programs of sign-ins are kept.")
    ] = 90
    debug: Annotated[bool, Meta(description="Show faults in full to the client; refused in production.")] = False

    @property
    def is_production(self) -> bool:
        """True if the strict rules hold."""
        return self.mode == "production"

    @property
    def asks_staff_for_second_factor(self) -> bool:
        """True if managers and admins may not work without a second factor."""
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
        """True if cookies may be `Secure` and carry the `__Host-` prefix.

        True over https, and on loopback, which browsers trust without it. A demo on another address over plain http
        has no choice; production over plain http is refused.
        """
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether the host name or address is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
