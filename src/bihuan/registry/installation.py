"""What holds for the whole installation and is neither a place, a unit nor a person: one row, changed by actions only."""

import re

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import COMMON

ONE = 1
USUAL_PREFIX = "环交"
"""What the numbers of cases begin with until the bureau has set its own."""
PREFIX = re.compile(r"[^\W_]{1,12}")
"""Letters and digits: the number is a part of addresses and file names."""


class Installation(models.Model):
    """本平台: the only row has the key ONE. number_prefix: empty until the bureau has set its own (发文代字)."""

    SCOPE = COMMON

    number_prefix = models.CharField(_("文号代字"), max_length=12, blank=True)

    def __str__(self) -> str:
        return self.number_prefix


def number_prefix() -> str:
    """What the numbers of new cases begin with, e.g. 阳环交."""
    own = Installation.objects.filter(pk=ONE).values_list("number_prefix", flat=True).first()
    return own or USUAL_PREFIX


@transaction.atomic
def held() -> Installation:
    """The row, held until the end of the caller's transaction: of two who come at once, one waits."""
    Installation.objects.get_or_create(pk=ONE)
    return Installation.objects.select_for_update().get(pk=ONE)
