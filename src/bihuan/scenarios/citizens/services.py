"""What people may report: the kinds of a report, which are the services of Open311."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A kind: its code, title, what belongs to it."""

    code: str
    title: str
    meaning: str


SERVICES = (
    Service("smoke", "冒烟", "工厂、锅炉或工地冒黑烟、黄烟"),
    Service("odour", "异味", "刺鼻气味、餐饮油烟"),
    Service("dust", "扬尘", "工地、料场、道路、渣土车扬尘"),
    Service("burning", "露天焚烧", "焚烧秸秆、垃圾、落叶"),
    Service("water", "水污染", "河道变色、排污口、死鱼"),
    Service("waste", "垃圾和固废", "倾倒垃圾、渣土、工业固废、危险废物"),
    Service("vehicle", "车辆冒烟", "货车、工程机械冒黑烟"),
    Service("noise", "噪声", "工业、施工、社会生活噪声"),
    Service("source", "饮用水水源地", "水源地保护区内的垃圾、养殖、排污"),
    Service("other", "其他环境问题", "以上没有的"),
)
BY_CODE = {service.code: service for service in SERVICES}
TITLES = {service.code: service.title for service in SERVICES}
MEANINGS = {service.code: service.meaning for service in SERVICES}
