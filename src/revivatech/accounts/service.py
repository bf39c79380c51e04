"""What other slices and app.py may call: the names of this slice, in one place."""

from revivatech.accounts.administration import (
    change_role,
    create_staff,
    demo_accounts_present,
    disable_customer,
    disable_staff,
    set_password,
)
from revivatech.accounts.directory import (
    active_staff,
    all_staff,
    customer,
    customer_by_email,
    customers,
    ensure_customers,
    find_customers,
    staff_member,
    staff_members,
)
from revivatech.accounts.doorkeeper import Doorkeeper
from revivatech.accounts.passwords import DEMO_PASSWORD
from revivatech.accounts.profiles import customer_profile, staff_profile
from revivatech.accounts.sessions import forget_old

__all__ = [
    "DEMO_PASSWORD",
    "Doorkeeper",
    "active_staff",
    "all_staff",
    "change_role",
    "create_staff",
    "customer",
    "customer_by_email",
    "customer_profile",
    "customers",
    "demo_accounts_present",
    "disable_customer",
    "disable_staff",
    "ensure_customers",
    "find_customers",
    "forget_old",
    "set_password",
    "staff_member",
    "staff_members",
    "staff_profile",
]
