"""The registers of a city: what they give to the rest of the house."""

from bihuan.kit.patrol.declared import of_register
from bihuan.scenarios.city.registers import CITY, EMITTERS, REACHES, STATIONS
from bihuan.scenarios.contract import Scenario

SCENARIO = Scenario(
    title="城市登记",
    owner="指挥中心",
    version="1.0",
    registers=CITY,
    patrols=(of_register(STATIONS), of_register(EMITTERS), of_register(REACHES)),
)
