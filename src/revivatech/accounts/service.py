"""The facade of this slice: everything that others may call."""

from revivatech.accounts.access import needs
from revivatech.accounts.activity.labels import kinds_in as kinds_of_activity
from revivatech.accounts.activity.service import note as note_activity
from revivatech.accounts.activity.service import note_visit
from revivatech.accounts.audit.contracts import AuditEntry
from revivatech.accounts.audit.service import entries as audit_log
from revivatech.accounts.audit.service import note as note_audit
from revivatech.accounts.credential_journal.journal import NAME as CREDENTIAL_JOURNAL
from revivatech.accounts.credential_journal.journal import may_know_somebody as may_have_journal
from revivatech.accounts.credential_journal.journal import merge as merge_journals
from revivatech.accounts.credential_journal.queries import PENDING as PENDING_CREDENTIALS
from revivatech.accounts.credential_journal.service import Ended, Replayed, end_everything
from revivatech.accounts.credential_journal.service import replay as replay_credentials
from revivatech.accounts.credential_journal.service import write_out as write_out_credentials
from revivatech.accounts.directory.account_summary import customer_profile, staff_profile
from revivatech.accounts.directory.people import (
    active_staff,
    all_staff,
    as_seen_by,
    correct_imported,
    customer,
    customer_by_email,
    customer_query,
    customers,
    ensure_customers,
    find_customers,
    staff_member,
    staff_members,
    strangers,
)
from revivatech.accounts.emails.notices.service import post as post_notice
from revivatech.accounts.personal_data.erasure_marks.service import Marks, anybody_erased, erased_at
from revivatech.accounts.personal_data.erasure_marks.service import keep as keep_marks
from revivatech.accounts.personal_data.erasure_marks.service import remember as remember_erased
from revivatech.accounts.personal_data.erasure_marks.service import unreadable as unreadable_marks
from revivatech.accounts.personal_data.service import begin_erasure, cancel_erasure, not_erased
from revivatech.accounts.profile.contracts import DASHBOARD, DashboardPart
from revivatech.accounts.profile.service import (
    arrange_dashboard,
    choose_theme,
    dashboard_parts,
    dashboard_read,
    proven_phone,
)
from revivatech.accounts.registration.invitation import invite_customer, keep_from_strangers, may_be_invited
from revivatech.accounts.retention import forget_old
from revivatech.accounts.secrets.keys import Key, keyring
from revivatech.accounts.secrets.passwords import DEMO_PASSWORD
from revivatech.accounts.sessions.authentication import SessionAuthenticator
from revivatech.accounts.staff_accounts.administration import (
    create_staff,
    demo_accounts_present,
    disable_customer,
    enable_customer,
    set_password,
)
from revivatech.accounts.staff_accounts.contracts import CustomerAccount, StaffAccount
from revivatech.accounts.staff_accounts.customer_search import one as customer_account
from revivatech.accounts.staff_accounts.customer_search import search as search_customer_accounts
from revivatech.accounts.staff_accounts.identity_checks import IDENTITIES, LETTER_IDENTITIES, Identity, LetterIdentity
from revivatech.accounts.staff_accounts.identity_checks import choices as identity_choices
from revivatech.accounts.staff_accounts.identity_checks import require_check as require_identity_check
from revivatech.accounts.staff_accounts.service import can_be_given_work, change_role, checked_newcomer
from revivatech.accounts.staff_accounts.service import close as close_staff
from revivatech.accounts.staff_accounts.service import everybody as all_staff_accounts
from revivatech.accounts.staff_accounts.service import invite as invite_staff
from revivatech.accounts.staff_accounts.service import invite_again as invite_staff_again
from revivatech.accounts.staff_accounts.service import one as staff_account
from revivatech.accounts.staff_accounts.service import reopen as reopen_staff
from revivatech.accounts.staff_accounts.service import withdraw as withdraw_invitation
from revivatech.accounts.staff_accounts.two_factor_reset import help_colleague as reset_colleague_two_factor
from revivatech.accounts.staff_accounts.two_factor_reset import help_customer as reset_customer_two_factor
from revivatech.accounts.two_factor.reauthentication import (
    OwnProof,
    ProofNeeded,
    prove,
    require_typed,
)
from revivatech.accounts.two_factor.verify_code import is_asked as asks_for_code
from revivatech.kit.permissions import TABLE as PERMISSIONS
from revivatech.kit.permissions import (
    Permission,
    may,
    permissions_of,
    require,
    roles_with,
)

__all__ = [
    "CREDENTIAL_JOURNAL",
    "DASHBOARD",
    "DEMO_PASSWORD",
    "IDENTITIES",
    "LETTER_IDENTITIES",
    "PENDING_CREDENTIALS",
    "PERMISSIONS",
    "AuditEntry",
    "CustomerAccount",
    "DashboardPart",
    "Ended",
    "Identity",
    "Key",
    "LetterIdentity",
    "Marks",
    "OwnProof",
    "Permission",
    "ProofNeeded",
    "Replayed",
    "SessionAuthenticator",
    "StaffAccount",
    "active_staff",
    "all_staff",
    "all_staff_accounts",
    "anybody_erased",
    "arrange_dashboard",
    "as_seen_by",
    "asks_for_code",
    "audit_log",
    "begin_erasure",
    "can_be_given_work",
    "cancel_erasure",
    "change_role",
    "checked_newcomer",
    "choose_theme",
    "close_staff",
    "correct_imported",
    "create_staff",
    "customer",
    "customer_account",
    "customer_by_email",
    "customer_profile",
    "customer_query",
    "customers",
    "dashboard_parts",
    "dashboard_read",
    "demo_accounts_present",
    "disable_customer",
    "enable_customer",
    "end_everything",
    "ensure_customers",
    "erased_at",
    "find_customers",
    "forget_old",
    "identity_choices",
    "invite_customer",
    "invite_staff",
    "invite_staff_again",
    "keep_from_strangers",
    "keep_marks",
    "keyring",
    "kinds_of_activity",
    "may",
    "may_be_invited",
    "may_have_journal",
    "merge_journals",
    "needs",
    "not_erased",
    "note_activity",
    "note_audit",
    "note_visit",
    "permissions_of",
    "post_notice",
    "prove",
    "proven_phone",
    "remember_erased",
    "reopen_staff",
    "replay_credentials",
    "require",
    "require_identity_check",
    "require_typed",
    "reset_colleague_two_factor",
    "reset_customer_two_factor",
    "roles_with",
    "search_customer_accounts",
    "set_password",
    "staff_account",
    "staff_member",
    "staff_members",
    "staff_profile",
    "strangers",
    "unreadable_marks",
    "withdraw_invitation",
    "write_out_credentials",
]
