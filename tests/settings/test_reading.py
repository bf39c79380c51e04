"""Reading the environment: what is wrong is one sentence that names the variable and tells no secret."""

import pytest

from revivatech.settings import SettingsError, read_settings, unknown_names

SECRET = "kT9vZp3LqX7wRb5NcY2mHd8FgJ4sAe6U"
PRODUCTION = {
    "REVIVATECH_MODE": "production",
    "REVIVATECH_SECRET_KEY": SECRET,
    "REVIVATECH_PUBLIC_URL": "https://portal.example",
}


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"REVIVATECH_PORT": "many"}, "REVIVATECH_PORT is 'many' and must be a whole number from 0 to 65535."),
        ({"REVIVATECH_PORT": "70000"}, "REVIVATECH_PORT is '70000' and must be a whole number from 0 to 65535."),
        *(
            (
                {"REVIVATECH_HEAD_SECONDS": wrong},
                f"REVIVATECH_HEAD_SECONDS is '{wrong}' and must be a number of seconds above 0, at most 3600.",
            )
            for wrong in ("0", "-1", "nan", "inf", "ten")
        ),
        ({"REVIVATECH_API_RATE_LIMIT": "0"}, "REVIVATECH_API_RATE_LIMIT is '0' and must be a whole number of at least"),
        ({"REVIVATECH_MODE": "prod"}, "REVIVATECH_MODE is 'prod' and must be demo or development or production."),
        ({"REVIVATECH_DEBUG": "maybe"}, "REVIVATECH_DEBUG is 'maybe' and must be true or false."),
        ({"REVIVATECH_REQUIRE_STAFF_SECOND_FACTOR": "?"}, "must be true or false."),
        ({"REVIVATECH_SECRET_KEY": "short"}, "REVIVATECH_SECRET_KEY is too short"),
        ({"REVIVATECH_SECRET_KEY_FILE": "/nowhere"}, "REVIVATECH_SECRET_KEY_FILE names /nowhere"),
        ({"REVIVATECH_TRUSTED_PROXIES": "*"}, "REVIVATECH_TRUSTED_PROXIES"),
        ({"REVIVATECH_ALLOWED_ORIGINS": "shop.example"}, "REVIVATECH_ALLOWED_ORIGINS"),
        ({"REVIVATECH_PUBLIC_URL": "portal.example"}, "REVIVATECH_PUBLIC_URL must begin with http:// or https://."),
        ({"REVIVATECH_PUBLIC_URL": "https://shop.example/portal"}, "the portal has its address to itself."),
        ({"REVIVATECH_PUBLIC_URL": "https://"}, "REVIVATECH_PUBLIC_URL names no host."),
        ({"DATABASE_URL": "mysql://ada:hidden@db/portal"}, "DATABASE_URL must begin with postgresql:// or"),
        ({"REDIS_URL": "hidden"}, "REDIS_URL must begin with redis:// or rediss:// or unix://."),
        ({"REDIS_URL": "redis://:hidden@cache:six"}, "REDIS_URL is no address"),
        ({"SMTP_URL": "hidden"}, "SMTP_URL must begin with smtp:// or smtps://."),
        ({"SMTP_URL": "smtp://"}, "SMTP_URL names no host."),
        (PRODUCTION | {"REVIVATECH_SECRET_KEY": ""}, "REVIVATECH_SECRET_KEY is missing"),
        (PRODUCTION | {"REVIVATECH_SECRET_KEY": "a" * 40}, "REVIVATECH_SECRET_KEY is guessable"),
        (PRODUCTION | {"REVIVATECH_DEBUG": "true"}, "REVIVATECH_DEBUG may not be on"),
        (PRODUCTION | {"REVIVATECH_PUBLIC_URL": ""}, "REVIVATECH_PUBLIC_URL is missing"),
        (PRODUCTION | {"REVIVATECH_PUBLIC_URL": "http://shop.example"}, "REVIVATECH_PUBLIC_URL must begin with https"),
    ],
)
def test_a_wrong_setting_is_one_sentence(environ: dict[str, str], words: str) -> None:
    """It names the variable, says what is wanted, and shows nothing of an address that may hold a password."""
    with pytest.raises(SettingsError) as refused:
        read_settings(environ)

    sentence = str(refused.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "hidden" not in sentence


def test_production_takes_what_is_right() -> None:
    """The strict rules hold nothing back from who follows them, and the address has no slash at its end."""
    settings = read_settings(PRODUCTION | {"REVIVATECH_PUBLIC_URL": "https://portal.example/"})

    assert settings.is_production
    assert settings.public_url == "https://portal.example"


def test_a_misspelt_setting_is_told_with_the_likeliest_one() -> None:
    """A secret's _FILE is one of ours; what others put into the environment is not our business."""
    environ = {"REVIVATECH_PROT": "1", "REVIVATECH_SECRET_KEY_FILE": "/x", "PORT": "1", "REVIVATECH_ZZZ": ""}

    assert unknown_names(environ) == {"REVIVATECH_PROT": "REVIVATECH_PORT", "REVIVATECH_ZZZ": ""}


@pytest.mark.parametrize(
    ("host", "public_url"),
    [
        ("127.0.0.1", "http://localhost:8123"),
        ("0.0.0.0", "http://localhost:8123"),  # noqa: S104 - nothing listens
        ("::1", "http://localhost:8123"),
        ("192.0.2.7", "http://192.0.2.7:8123"),
        ("2001:db8::7", "http://[2001:db8::7]:8123"),
    ],
)
def test_this_machine_is_called_by_its_name(host: str, public_url: str) -> None:
    """Passkeys need a name; what listens stays the address, and an address that others reach stays itself."""
    settings = read_settings({}, host=host, port=8123)

    assert (settings.host, settings.public_url) == (host, public_url)
