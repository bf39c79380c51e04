"""The demo shop: what it is, who works there, who comes. All of it is invented."""

from revivatech.demo.data_english import PEOPLE as ENGLISH
from revivatech.demo.data_nora import NORA
from revivatech.demo.data_portuguese import PEOPLE as PORTUGUESE
from revivatech.demo.data_rafael import RAFAEL
from revivatech.demo.data_school import SCHOOL
from revivatech.demo.shapes import Colleague
from revivatech.kit.actor import Role
from revivatech.shop.contracts import ShopSettings

# Numbers that start with 020 91 belong to stories: nobody in Ireland answers them.
SHOP = ShopSettings(
    name="Lantern Repair",
    email="hello@lantern-repair.example",
    phone="+353 20 915 0140",
    address="14 Lantern Quay, Ballymara, Co. Galway",
    currency="EUR",
    timezone="Europe/Dublin",
    language="en",
)

STAFF = {
    "tom": Colleague("technician@demo.example", "Tom", "Brennan", Role.TECHNICIAN, has_password=True),
    "larissa": Colleague("larissa@demo.example", "Larissa", "Moreira", Role.TECHNICIAN, language="pt-BR"),
    "aoife": Colleague("front-desk@demo.example", "Aoife", "Nolan", Role.FRONT_DESK),
    "maeve": Colleague("manager@demo.example", "Maeve", "Collins", Role.MANAGER, has_password=True),
    "cormac": Colleague("admin@demo.example", "Cormac", "Daly", Role.ADMIN, has_password=True),
}

CUSTOMERS = (NORA, RAFAEL, SCHOOL, *ENGLISH, *PORTUGUESE)
