"""All checks of the folder."""

from bihuan.scenarios.vehicle_users import arrival_checks, order_checks, vehicle_checks

CHECKS = (*order_checks.CHECKS, *arrival_checks.CHECKS, *vehicle_checks.CHECKS)
