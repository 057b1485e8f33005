"""机动车排放检验机构: register, tests with their curves, forensics, score, supervision on the phone."""
