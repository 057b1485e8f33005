"""The roles of posts, and the sets of them that the rules speak of. A rule names a set; it does not list roles again."""

from django.db import models


class Role(models.TextChoices):
    """What a post is for."""

    DISPATCHER = "dispatcher", "调度岗"
    HANDLER = "handler", "承办岗"
    VERIFIER = "verifier", "核查岗"
    CHIEF = "chief", "负责人"
    RANGER = "ranger", "网格员"
    ENTERPRISE = "enterprise", "企业联系人"
    AUDITOR = "auditor", "审计"
    ADMIN = "admin", "系统管理员"


UNIT = (Role.HANDLER, Role.ENTERPRISE)
"""Posts within one organisation: they act for it, never for a region."""
OFFICE = (Role.DISPATCHER, Role.CHIEF)
"""Who hands cases over, decides on warnings and sets targets."""
JUDGES = (Role.DISPATCHER, Role.CHIEF, Role.VERIFIER)
"""Who judges findings, reviews values and marks what was so at an outlet."""
FINDERS = (Role.RANGER, Role.DISPATCHER, Role.VERIFIER, Role.CHIEF)
"""Who may register a problem."""
MARKERS = (Role.ENTERPRISE, *JUDGES)
"""Who may set a mark at an outlet: its own enterprise too."""
VERIFIERS = (Role.VERIFIER,)
CHIEF = (Role.CHIEF,)
REGISTRARS = (Role.CHIEF, Role.ADMIN)
"""Who writes into the register of enterprises."""
OPERATORS = (Role.DISPATCHER, Role.ADMIN)
"""Who runs the installation: imports, quarantine, replay, locks of sign-in, commands to devices."""
ADMINS = (Role.ADMIN,)
AUDITORS = (Role.AUDITOR, Role.ADMIN, Role.CHIEF)
"""Who reads the audit log."""
WATCHERS = (Role.DISPATCHER, *AUDITORS)
"""Who sees how the installation runs: system, quarantine, models, devices."""
SUPERVISORS = (*OFFICE, Role.AUDITOR)
"""Who is told that a patrol may not be what it seems."""
