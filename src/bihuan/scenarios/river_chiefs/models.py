"""河长制: duties for reaches, how often they are patrolled, finds in the bed, cases that concern a river, goals and their progress."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.cases.models import Case, Finding
from bihuan.kit.patrol.models import Patrol
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.rivers import Reach, River
from bihuan.registry.roles import OFFICE
from bihuan.registry.scopes import COMMON, Holders, Within


class Duty(models.Model):
    """一名河长（警长、检察长、民间河长）对一个河段的职责.

    account: whose patrols count; without one those of everybody who holds a post in `organisation`; without both none can be counted.
    region: the county or town in which the stretch lies. `until` is the first day on which it does not hold any more.
    """

    SCOPE = Within(region="region", organisation="organisation")

    class Role(models.TextChoices):
        CHIEF = "chief", _("河长")
        GENERAL = "general", _("总河长")
        POLICE = "police", _("河警长")
        PROCURATOR = "procurator", _("检察长")
        CITIZEN = "citizen", _("民间河长")

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWN = "town", _("乡级")
        VILLAGE = "village", _("村级")

    code = models.CharField(_("编码"), max_length=40, primary_key=True)
    reach = models.ForeignKey(
        Reach, on_delete=models.PROTECT, related_name="river_duties", verbose_name=_("河段")
    )
    role = models.CharField(_("角色"), max_length=10, choices=Role.choices, default=Role.CHIEF)
    level = models.CharField(_("层级"), max_length=10, choices=Level.choices)
    name = models.CharField(_("姓名"), max_length=60)
    office = models.CharField(_("职务"), max_length=80, blank=True)
    account = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="river_duties", verbose_name=_("账号")
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="river_duties", verbose_name=_("单位")
    )  # fmt: skip
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("区划"))
    since = models.DateField(_("任职日期"), null=True, blank=True)
    until = models.DateField(_("离任日期"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["region_id", "reach_id", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """What the person is: `县级河长`."""
        said = {"level": self.get_level_display(), "role": self.get_role_display()}
        return gettext("%(level)s%(role)s") % said

    @property
    def chief(self) -> str:
        """Which duties are of one person: by the account, else by name, rank and region."""
        return (
            f"#{self.account_id}"
            if self.account_id
            else f"{self.name}/{self.role}/{self.level}/{self.region_id}"
        )


class Telephone(models.Model):
    """The telephone of a chief: for those who hand problems over, in no list, file or history."""

    SCOPE = Holders(*OFFICE, region="duty__region")

    duty = models.OneToOneField(Duty, on_delete=models.CASCADE, related_name="telephone")
    number = models.CharField(max_length=20)

    def __str__(self) -> str:
        return str(self.duty)


class DutyRules(WrittenOnce):
    """巡河次数设定: the city's own demands (keys of rules.csv -> [times, period]) for periods that begin from the day `since` on."""

    SCOPE = COMMON

    since = models.DateField()
    values = models.JSONField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.since} {self.reason}"


class Walk(models.Model):
    """Metres of each reach that a patrol saw, by the reach's code; made anew when more of it came or reaches changed, so it may be deleted."""

    SCOPE = Within(region="patrol__region")

    patrol = models.OneToOneField(Patrol, on_delete=models.PROTECT, related_name="river_walk")
    made_of = models.CharField(max_length=80)
    metres = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.patrol} {self.metres}"


class Disorder(WrittenOnce):
    """四乱: what a finding about a reach is by the campaign against disorder in rivers, and what is to be done. area: [m²]."""

    SCOPE = Within(region="finding__region", organisation="finding__organisation")

    class Kind(models.TextChoices):
        OCCUPIED = "occupied", _("乱占")
        MINED = "mined", _("乱采")
        DUMPED = "dumped", _("乱堆")
        BUILT = "built", _("乱建")

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="river_disorder")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    area = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    liable = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=400)
    deadline = models.DateField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.measure}"


class RiverCase(WrittenOnce):
    """A case that concerns a river without a finding there, such as a suggestion of the procuratorate."""

    SCOPE = Within(region="case__region", organisation="case__organisation")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="river_link")
    river = models.ForeignKey(River, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.river_id} {self.case_id}"


class Goal(models.Model):
    """一河一策目标 of a river for a year: a measure, and the indicator by which it is judged. target null: done when somebody says so."""

    SCOPE = Within(region="region", organisation="organisation")

    class Sense(models.TextChoices):
        LEAST = "least", _("不低于")
        MOST = "most", _("不高于")

    code = models.CharField(_("编码"), max_length=40, primary_key=True)
    river = models.ForeignKey(
        River, on_delete=models.PROTECT, related_name="river_goals", verbose_name=_("河流")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("区划"))
    year = models.PositiveSmallIntegerField(_("年度"))
    measure = models.CharField(_("任务措施"), max_length=200)
    indicator = models.CharField(_("指标"), max_length=80)
    unit = models.CharField(_("指标单位"), max_length=20, blank=True)
    sense = models.CharField(_("方向"), max_length=10, choices=Sense.choices, default=Sense.LEAST)
    target = models.FloatField(_("目标值"), null=True, blank=True)
    deadline = models.DateField(_("完成时限"))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="river_goals", verbose_name=_("责任单位")
    )  # fmt: skip
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["river_id", "-year", "deadline", "code"]

    def __str__(self) -> str:
        return self.measure

    def clean(self) -> None:
        """The deadline lies in the year of the goal or later. Raises ValidationError."""
        if self.deadline and self.year and self.deadline.year < self.year:
            raise ValidationError({"deadline": _("完成时限不能早于目标年度")})


class GoalEntry(WrittenOnce):
    """进展: what a goal had come to, written once; the newest counts. value: of the indicator; done: said to be reached."""

    SCOPE = Within(region="goal__region", organisation="goal__organisation")

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="entries")
    value = models.FloatField(null=True)
    done = models.BooleanField(default=False)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.note
