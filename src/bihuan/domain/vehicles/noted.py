"""What is noted about a record of a gate when it comes (`passages.noted`): codes, each with its words. Nothing is mended by a guess."""

from bihuan.domain.vehicles import plates

COLOUR_UNKNOWN, FUEL_UNKNOWN, STAGE_UNKNOWN = "colour_unknown", "fuel_unknown", "stage_unknown"
SOURCE_UNKNOWN, DIRECTION_UNKNOWN, OPENED_UNKNOWN = "source_unknown", "direction_unknown", "opened_unknown"
FUTURE, PHOTO_MISSING, PHOTO_HOUR = "future", "photo_missing", "photo_hour"
UNREAD, WEIGHTS, VIN = "unread", "weights", "vin"
UNKNOWN_GATE, UNKNOWN_UNIT = "unknown_gate", "unknown_unit"
NOTED: dict[str, str] = {
    plates.LOOKS_ALIKE: "号牌中的形近字符已换",
    plates.NONE: "无号牌",
    plates.SEVERAL: "一栏多个号牌",
    plates.FORM: "号牌写法不对",
    plates.COLOUR: "号牌与颜色不符",
    COLOUR_UNKNOWN: "号牌颜色代码不认识",
    FUEL_UNKNOWN: "燃料代码不认识",
    STAGE_UNKNOWN: "排放阶段代码不认识",
    SOURCE_UNKNOWN: "阶段来源代码不认识",
    DIRECTION_UNKNOWN: "进出方向不认识",
    OPENED_UNKNOWN: "抬杆方式不认识",
    FUTURE: "时间在将来（设备时钟）",
    PHOTO_MISSING: "缺照片",
    PHOTO_HOUR: "照片不是这一时刻的",
    UNREAD: "有数值或时间读不出",
    WEIGHTS: "重量不可信（单位可能错了千倍）",
    VIN: "车辆识别代号不对",
    UNKNOWN_GATE: "门禁未登记",
    UNKNOWN_UNIT: "用车单位未登记",
}
