"""What other slices and app.py may call: the names of this slice, in one place."""

from revivatech.accounts import identity
from revivatech.accounts.access import needs
from revivatech.accounts.activity.service import note as note_activity
from revivatech.accounts.activity.service import note_visit
from revivatech.accounts.activity.words import kinds_in as kinds_of_activity
from revivatech.accounts.administration import (
    create_staff,
    demo_accounts_present,
    disable_customer,
    enable_customer,
    set_password,
)
from revivatech.accounts.credential_journal.journal import NAME as CREDENTIAL_JOURNAL
from revivatech.accounts.credential_journal.journal import may_know_somebody as may_have_journal
from revivatech.accounts.credential_journal.journal import merge as merge_journals
from revivatech.accounts.credential_journal.queries import PENDING as PENDING_CREDENTIALS
from revivatech.accounts.credential_journal.service import Ended, Replayed, end_everything
from revivatech.accounts.credential_journal.service import replay as replay_credentials
from revivatech.accounts.credential_journal.service import write_out as write_out_credentials
from revivatech.accounts.directory import (
    active_staff,
    all_staff,
    as_seen_by,
    correct_imported,
    customer,
    customer_by_email,
    customer_question,
    customers,
    ensure_customers,
    find_customers,
    staff_member,
    staff_members,
    strangers,
)
from revivatech.accounts.doorkeeper import Doorkeeper
from revivatech.accounts.erased.service import Marks, anybody_erased, erased_at
from revivatech.accounts.erased.service import keep as keep_marks
from revivatech.accounts.erased.service import remember as remember_erased
from revivatech.accounts.erased.service import unreadable as unreadable_marks
from revivatech.accounts.factors import helping
from revivatech.accounts.factors.checking import is_asked as asks_for_code
from revivatech.accounts.joining.invitation import invite_customer, keep_from_strangers, may_be_invited
from revivatech.accounts.keys import Key, keyring
from revivatech.accounts.notices.service import post as post_notice
from revivatech.accounts.once.service import Once, made_before
from revivatech.accounts.once.service import note as note_made
from revivatech.accounts.passwords import DEMO_PASSWORD
from revivatech.accounts.people import audit
from revivatech.accounts.people import customers as customers_at_desk
from revivatech.accounts.people import service as people
from revivatech.accounts.people.contracts import AuditEntry, CustomerAccount, StaffAccount
from revivatech.accounts.permissions import TABLE as PERMISSIONS
from revivatech.accounts.permissions import Permission, may, permissions_of, require, roles_with
from revivatech.accounts.personal.service import begin_erasure, cancel_erasure, not_erased
from revivatech.accounts.profile.contracts import DASHBOARD, DashboardPart
from revivatech.accounts.profile.service import (
    arrange_dashboard,
    choose_theme,
    dashboard_inquiry,
    dashboard_parts,
    proven_phone,
)
from revivatech.accounts.profiles import customer_profile, staff_profile
from revivatech.accounts.proof import OwnProof, ProofNeeded, prove, require_typed
from revivatech.accounts.sessions import forget_old

__all__ = [
    "CREDENTIAL_JOURNAL",
    "DASHBOARD",
    "DEMO_PASSWORD",
    "PENDING_CREDENTIALS",
    "PERMISSIONS",
    "AuditEntry",
    "CustomerAccount",
    "DashboardPart",
    "Doorkeeper",
    "Ended",
    "Key",
    "Marks",
    "Once",
    "OwnProof",
    "Permission",
    "ProofNeeded",
    "Replayed",
    "StaffAccount",
    "active_staff",
    "all_staff",
    "anybody_erased",
    "arrange_dashboard",
    "as_seen_by",
    "asks_for_code",
    "audit",
    "begin_erasure",
    "cancel_erasure",
    "choose_theme",
    "correct_imported",
    "create_staff",
    "customer",
    "customer_by_email",
    "customer_profile",
    "customer_question",
    "customers",
    "customers_at_desk",
    "dashboard_inquiry",
    "dashboard_parts",
    "demo_accounts_present",
    "disable_customer",
    "enable_customer",
    "end_everything",
    "ensure_customers",
    "erased_at",
    "find_customers",
    "forget_old",
    "helping",
    "identity",
    "invite_customer",
    "keep_from_strangers",
    "keep_marks",
    "keyring",
    "kinds_of_activity",
    "made_before",
    "may",
    "may_be_invited",
    "may_have_journal",
    "merge_journals",
    "needs",
    "not_erased",
    "note_activity",
    "note_made",
    "note_visit",
    "people",
    "permissions_of",
    "post_notice",
    "prove",
    "proven_phone",
    "remember_erased",
    "replay_credentials",
    "require",
    "require_typed",
    "roles_with",
    "set_password",
    "staff_member",
    "staff_members",
    "staff_profile",
    "strangers",
    "unreadable_marks",
    "write_out_credentials",
]
