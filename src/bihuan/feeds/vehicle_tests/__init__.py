"""Records of vehicle tests as inspection stations and their networks hand them over: tests, curves by the second, daily checks (docs/vehicle-tests.md)."""
