"""Words of what has codes: grades, why a pass does not count, kinds of work."""

GRADES = {"good": "清洁", "fair": "较清洁", "poor": "较脏", "bad": "脏"}
STATES = {
    "ok": "计入", "slow": "车速过低", "fast": "车速过高", "no_speed": "没有车速", "no_value": "没有 PM10", "lone": "同时段没有可比路段",
    "humid": "湿度高", "rain": "24 小时内有降水", "wind": "风大", "sand": "沙尘天气", "unknown": "天气不明",
}  # fmt: skip
METHODS = {"sweep": "机扫", "wash": "冲洗", "suction": "吸扫", "fog": "雾炮"}
WORK = {"sweeping": "机扫", "washing": "冲洗"}
POLLUTANTS = {"tsp": "TSP", "pm10": "PM10", "pm25": "PM2.5"}
