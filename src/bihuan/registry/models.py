"""The registry (登记): regions, organisations, people, posts, sites, emitters and their reduction list."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.registry.calendar import CalendarDay as CalendarDay
from bihuan.registry.changes import Batch as Batch
from bihuan.registry.changes import Change as Change
from bihuan.registry.codes import prefix_of as prefix_of
from bihuan.registry.dust_periods import DustPeriod as DustPeriod
from bihuan.registry.gate_access import GateKey as GateKey
from bihuan.registry.gate_access import GatePass as GatePass
from bihuan.registry.installation import Installation as Installation
from bihuan.registry.log import Logged, WrittenOnce
from bihuan.registry.rivers import Reach as Reach
from bihuan.registry.rivers import River as River
from bihuan.registry.roles import ADMINS, AUDITORS, WATCHERS, Role
from bihuan.registry.scopes import COMMON, ITSELF, Holders, Within
from bihuan.registry.shapes import ShapeField
from bihuan.registry.subjects import Subject
from bihuan.registry.transport import Gate as Gate
from bihuan.registry.transport import Vehicle as Vehicle
from bihuan.registry.transport import VehicleUser as VehicleUser


class Region(models.Model):
    """区划: an administrative area by its GB/T 2260 code. "Inside" is a prefix of the code without trailing zeros.

    geometry: its boundary as a GeoJSON geometry in WGS 84; null: not known.
    """

    SCOPE = Within(region=ITSELF)

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级区划"),
    )
    geometry = ShapeField(_("边界"), null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The part of the code that all places inside share: 140300 -> 1403, 140321 -> 140321."""
        return prefix_of(self.code)


class Organisation(models.Model):
    """单位: who is responsible."""

    SCOPE = Within(region="region", organisation=ITSELF)

    class Kind(models.TextChoices):
        CENTRE = "centre", "指挥中心"
        COUNTY = "county", "县区"
        DEPARTMENT = "department", "部门"
        ENTERPRISE = "enterprise", "企业"
        VENDOR = "vendor", "运维单位"

    name = models.CharField(_("单位名称"), max_length=120, unique=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, verbose_name=_("区划"))
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["region_id", "name"]

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    """人员: one account for one person. What a person may do follows from posts."""

    SCOPE = Holders(*ADMINS, region="posts__region")

    full_name = models.CharField("姓名", max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    theme = models.CharField(max_length=10, default="dark")
    must_change_password = models.BooleanField("临时密码", default=False)

    def __str__(self) -> str:
        return self.full_name or self.username


class Posts(models.QuerySet["Post"]):
    """Posts, of now or of another time."""

    def in_force(self) -> "Posts":
        """Those that hold now (real time: a replay gives nobody rights that were ended)."""
        now = timezone.now()
        begun = models.Q(since__isnull=True) | models.Q(since__lte=now)
        return self.filter(begun, models.Q(until__isnull=True) | models.Q(until__gt=now))


class Post(models.Model):
    """职务: a role of a person in a region, perhaps within one organisation. It is ended, never deleted.

    `since` (null: before posts were dated) and `until` (exclusive; null: open) are real time.
    """

    Role = Role
    SCOPE = Holders(*ADMINS, region="region")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="posts"
    )
    since = models.DateTimeField("自", null=True, default=timezone.now)
    until = models.DateTimeField("至", null=True)

    objects = Posts.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "region", "organisation"],
                condition=models.Q(until__isnull=True),
                name="one_open_post_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region.name} {self.get_role_display()}"

    @property
    def state(self) -> str:
        """`now`, `later` or `ended`."""
        now = timezone.now()
        if self.until is not None and self.until <= now:
            return "ended"
        return "later" if self.since is not None and self.since > now else "now"


class Site(Subject):
    """点位: a place that is measured. `city` is the region whose city value it belongs to, if any."""

    class Rank(models.TextChoices):
        NATIONAL = "national", "国控"
        PROVINCIAL = "provincial", "省控"
        TOWNSHIP = "township", "乡镇"

    rank = models.CharField(_("级别"), max_length=20, choices=Rank.choices)
    city = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="city_sites",
        verbose_name=_("所属城市"),
    )
    evaluated = models.BooleanField(_("参与城市评价"), default=False)
    neighbour = models.BooleanField(_("周边参考"), default=False)


class Emitter(Subject):
    """减排清单单位: a plant, a construction site or a vehicle user of the emission-reduction list."""

    class Kind(models.TextChoices):
        PLANT = "plant", "工业源"
        SITE = "site", "扬尘源"
        VEHICLES = "vehicles", "移动源"

    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    industry = models.CharField(_("行业"), max_length=60)
    grade = models.CharField(_("绩效分级"), max_length=12)
    guaranteed = models.BooleanField(_("保障类"), default=False)


class Measure(models.Model):
    """措施: what a unit does at a warning level, and what that saves."""

    SCOPE = Within(region="emitter__region", organisation="emitter__organisation")

    class Level(models.TextChoices):
        YELLOW = "yellow", "黄色"
        ORANGE = "orange", "橙色"
        RED = "red", "红色"

    emitter = models.ForeignKey(
        Emitter, on_delete=models.CASCADE, related_name="measures", verbose_name=_("单位")
    )
    level = models.CharField(_("预警级别"), max_length=10, choices=Level.choices)
    pollutant = models.CharField(_("污染物"), max_length=10)
    text = models.CharField(_("减排措施"), max_length=200)
    kg_per_day = models.FloatField(_("减排量"))
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        ordering = ["emitter_id", "level", "pollutant"]

    def __str__(self) -> str:
        return self.text


class ValueDecision(WrittenOnce):
    """审核决定: what a reviewer decided on values of a site. Only a decision that excludes changes an evaluation.

    `items` are inside names joined by commas; the hours run from `start` (inclusive) to `until` (exclusive). A later
    decision on the same hours (re-audit) takes the place of an earlier one; none is ever deleted.
    """

    SCOPE = Within(region="site__region")

    class Verdict(models.TextChoices):
        KEEP = "keep", "有效"
        EXCLUDE = "exclude", "剔除"

    class Stage(models.TextChoices):
        AUDITED = "audited", "已审核"
        REAUDITED = "re-audited", "已复核"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="decisions")
    items = models.CharField(max_length=60)
    start = models.DateTimeField()
    until = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    stage = models.CharField(max_length=12, choices=Stage.choices)
    reason = models.CharField(max_length=400)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.site_id} {self.items} {self.get_verdict_display()}"


class Target(Logged):
    """年度目标: what a region has to reach in a year. Means [µg/m³] and heavy days at most, good-day ratio [%] at least.

    One that is taken back is deleted; the log keeps what was entered.
    """

    SCOPE = COMMON

    class Item(models.TextChoices):
        PM25 = "pm25", "PM2.5 年均"
        PM10 = "pm10", "PM10 年均"
        SO2 = "so2", "SO2 年均"
        NO2 = "no2", "NO2 年均"
        GOOD_RATIO = "good_ratio", "优良天数比例"
        HEAVY_DAYS = "heavy_days", "重污染天数"

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="targets")
    year = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=12, choices=Item.choices)
    value = models.FloatField()

    class Meta:
        ordering = ["region_id", "year", "id"]
        constraints = [models.UniqueConstraint(fields=["region", "year", "item"], name="one_target_once")]

    def __str__(self) -> str:
        return f"{self.year} {self.get_item_display()} {self.value:g}"


class JobRun(models.Model):
    """One run of a scheduled job, with progress and result. Neither `ok` nor not: it runs, or it was cut off."""

    SCOPE = Holders(*WATCHERS)

    job = models.CharField(max_length=60, db_index=True)
    as_of = models.DateTimeField()
    started = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, blank=True)
    ok = models.BooleanField(null=True)
    result = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.job

    @property
    def cut_off(self) -> bool:
        """Whether its process stopped before it ended, as the next worker has found."""
        return self.ended is not None and self.ok is None


class AuditEntry(WrittenOnce):
    """操作日志: who did what to which object, when. Only ever appended."""

    SCOPE = Holders(*AUDITORS)

    at = models.DateTimeField(db_index=True)
    real_at = models.DateTimeField(auto_now_add=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
