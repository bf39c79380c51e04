"""Rows of files to import, and where the real ones lie."""

from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared" / "data" / "openrepair"

OPEN_REPAIR = {
    "id": "group_1",
    "data_provider": "Repair Cafe Wales",
    "country": "GBR",
    "partner_product_category": "Electrical ~ Iron",
    "product_category": "Iron",
    "product_category_id": "40",
    "brand": "Philips",
    "year_of_manufacture": "2013",
    "product_age": "10",
    "repair_status": "Fixed",
    "repair_barrier_if_end_of_life": "",
    "group_identifier": "Penarth",
    "event_date": "2023-04-01",
    "problem": "Iron does not get hot",
}
PORTAL = {
    "repair_id": "A-1",
    "customer_first_name": "Grace",
    "customer_last_name": "Hopper",
    "customer_email": "Grace@Example.com",
    "customer_phone": "+351 210 000 000",
    "device_type": "Laptop",
    "device_brand": "Lenovo",
    "device_model": "T14",
    "device_serial": "PF-1234",
    "issue": "The screen stays dark",
    "status": "completed",
    "received": "2025-03-01 09:30",
    "completed": "2025-03-04",
    "parts_cost": "40",
    "total_cost": "129,90",
}


def real_file(name: str) -> Path:
    """One of the Open Repair Alliance's files; the test is skipped where they are not at hand."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return path
