from config.accounts.models.audit import AuditEntry
from config.accounts.models.key import KeyVerification
from config.accounts.models.sign_in_attempt import SignInAttempt
from config.accounts.models.team import Membership, Role, Team
from config.accounts.models.user import User

__all__ = ["AuditEntry", "KeyVerification", "Membership", "Role", "SignInAttempt", "Team", "User"]
