"""The demo shop: what it is, who works there, who comes. All of it is invented."""

from revivatech.demo.customers.amara import AMARA
from revivatech.demo.customers.beatriz import BEATRIZ
from revivatech.demo.customers.camila import CAMILA
from revivatech.demo.customers.colm import COLM
from revivatech.demo.customers.declan import DECLAN
from revivatech.demo.customers.henrik import HENRIK
from revivatech.demo.customers.joao import JOAO
from revivatech.demo.customers.luiza import LUIZA
from revivatech.demo.customers.marina import MARINA
from revivatech.demo.customers.nora import NORA
from revivatech.demo.customers.patrick import PATRICK
from revivatech.demo.customers.rafael import RAFAEL
from revivatech.demo.customers.school import SCHOOL
from revivatech.demo.customers.siobhan import SIOBHAN
from revivatech.demo.customers.zofia import ZOFIA
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
    "aoife": Colleague("front-desk@demo.example", "Aoife", "Nolan", Role.FRONT_DESK, has_password=True),
    "maeve": Colleague("manager@demo.example", "Maeve", "Collins", Role.MANAGER, has_password=True),
    "cormac": Colleague("admin@demo.example", "Cormac", "Daly", Role.ADMIN, has_password=True),
}

# The numbers of their repairs are drawn in this order, the same in every demo: a newcomer goes last.
CUSTOMERS = (
    NORA,
    RAFAEL,
    SCHOOL,
    SIOBHAN,
    DECLAN,
    PATRICK,
    ZOFIA,
    AMARA,
    HENRIK,
    COLM,
    CAMILA,
    BEATRIZ,
    JOAO,
    LUIZA,
    MARINA,
)
