"""The cast of the tests, each with the same password."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import psycopg

PASSWORD = "Nordic-Light-2026"
# Argon2id of it, as the program itself makes them.
PASSWORD_HASH = "$argon2id$v=19$m=19456,t=2,p=1$gubnXNw53V6LAKrDybZNnA$bPm9WzceRbOjyvuMWwArpc3CciVaG7HMeTz7vCsSr40"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: UUID
    email: str
    realm: Literal["customer", "staff"]
    first_name: str
    last_name: str
    password: str = PASSWORD

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class People:
    """Two customers, and a staff member of each role."""

    anna: Person
    ben: Person
    tom: Person
    fay: Person
    mia: Person
    ada: Person

    @property
    def customers(self) -> tuple[Person, ...]:
        """Anna and Ben."""
        return (self.anna, self.ben)

    @property
    def staff(self) -> tuple[Person, ...]:
        """Tom the technician, Fay of the front desk, Mia the manager, Ada the admin."""
        return (self.tom, self.fay, self.mia, self.ada)


def settle(database_url: str) -> People:
    """Put the cast into an empty database."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return People(
            anna=_customer(connection, "Anna", "Lind"),
            ben=_customer(connection, "Ben", "Okoro"),
            tom=_staff(connection, "Tom", "Berg", "technician"),
            fay=_staff(connection, "Fay", "Silva", "front_desk"),
            mia=_staff(connection, "Mia", "Sato", "manager"),
            ada=_staff(connection, "Ada", "Novak", "admin"),
        )


def _customer(connection: psycopg.Connection, first_name: str, last_name: str) -> Person:
    email = f"{first_name.lower()}@customers.example"
    row = connection.execute(
        """
        INSERT INTO customers (email, password_hash, first_name, last_name, email_verified_at)
        VALUES (%s, %s, %s, %s, now()) RETURNING id
        """,
        [email, PASSWORD_HASH, first_name, last_name],
    ).fetchone()
    assert row is not None
    return Person(row[0], email, "customer", first_name, last_name)


def _staff(connection: psycopg.Connection, first_name: str, last_name: str, role: str) -> Person:
    email = f"{first_name.lower()}@shop.example"
    row = connection.execute(
        """
        INSERT INTO users (email, password_hash, first_name, last_name, role)
        VALUES (%s, %s, %s, %s, %s) RETURNING id
        """,
        [email, PASSWORD_HASH, first_name, last_name, role],
    ).fetchone()
    assert row is not None
    return Person(row[0], email, "staff", first_name, last_name)
