"""预警与管控建议: from the forecast to a warning level, to named measures, to cases."""
