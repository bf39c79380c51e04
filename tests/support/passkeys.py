"""A passkey made of software: what a phone or a key answers to a browser's question, honest or not."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from support.people import Person
from support.serving import Served

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass(slots=True)
class Passkey:
    """One key pair for one site. `origin` is where the browser believes to be."""

    origin: str
    site: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 1
    # Whether the browser says that a page of another site shows ours in a frame.
    is_framed: bool = False
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to navigator.credentials.create, as JSON."""
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(cose)
        data = self._data(self.flags | ATTESTED) + attested
        return self._answer(
            attestationObject=encode_cbor({"fmt": "none", "attStmt": {}, "authData": data}),
            clientDataJSON=self._client("webauthn.create", options),
        )

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to navigator.credentials.get, as JSON; the counter goes on."""
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            authenticatorData=data, clientDataJSON=client, signature=signature, userHandle=self.user_handle
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": self.is_framed}
        return json.dumps(told).encode()

    def _answer(self, **response: bytes) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: bytes_to_base64url(value) for name, value in response.items()},
        }


def keep_passkey(served: Served, person: Person) -> str:
    """Return the id of a passkey that the person has, as the table holds one."""
    statements: dict[str, LiteralString] = {
        "customer": "INSERT INTO customer_passkeys (customer_id, credential_id, public_key, sign_count, name) "
        "VALUES (%s, %s, 'key', 0, 'Phone') RETURNING id",
        "staff": "INSERT INTO staff_passkeys (user_id, credential_id, public_key, sign_count, name) "
        "VALUES (%s, %s, 'key', 0, 'Phone') RETURNING id",
    }
    with psycopg.connect(served.settings.database_url) as connection:
        row = connection.execute(statements[person.realm], [person.id, secrets.token_bytes(16)]).fetchone()
    assert row
    return str(row[0])
