"""Words and colours of what pages show."""

from django.utils.translation import gettext_noop

from bihuan.domain.dust.flags import GREEN, NONE, RED, YELLOW

FLAGS = {
    GREEN: gettext_noop("绿旗"),
    YELLOW: gettext_noop("黄旗"),
    RED: gettext_noop("红旗"),
    NONE: gettext_noop("未定旗"),
}
TONES = {GREEN: "good", YELLOW: "warn", RED: "bad", NONE: "dim"}
POLLUTANTS = {"pm10": "PM10", "tsp": "TSP", "pm25": "PM2.5"}
