"""What a customer keeps in the account: addresses and devices, made by their own JSON calls."""

from collections.abc import Mapping
from typing import Any

from support.serving import Served

ADDRESS: dict[str, Any] = {
    "type": "home",
    "streetAddress": "Rua das Flores, 10",
    "apartment": "Apto 5",
    "district": "Centro",
    "city": "Campinas",
    "state": "SP",
    "postalCode": "13010-111",
    "country": "BR",
}
DEVICE: dict[str, Any] = {
    "deviceType": "smartphone",
    "brand": "Fairphone",
    "model": "5",
    "serialNumber": "FP5-000017",
    "imei": "35 209900 176148 1",
    "purchaseDate": "2025-11-28",
    "warrantyExpires": "2027-11-28",
    "notes": "Blue cover.",
}


async def keep_address(served: Served, headers: Mapping[str, str], **fields: object) -> dict[str, Any]:
    """A new address of whoever the headers are; the oldest ones make room."""
    kept = (await served.client.get("/api/customer/addresses", headers=headers)).json()["items"]
    for one in kept[10:]:
        await served.client.delete(f"/api/customer/addresses/{one['id']}", headers=headers)
    answer = await served.client.post("/api/customer/addresses", headers=headers, json=ADDRESS | fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def keep_device(served: Served, headers: Mapping[str, str], **fields: object) -> dict[str, Any]:
    """A new device of whoever the headers are."""
    answer = await served.client.post("/api/customer/devices", headers=headers, json=DEVICE | fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
