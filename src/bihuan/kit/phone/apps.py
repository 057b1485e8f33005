"""The phone."""

from django.apps import AppConfig


class PhoneConfig(AppConfig):
    """What came from phones."""

    name = "bihuan.kit.phone"
    label = "phone"
    verbose_name = "手机"
