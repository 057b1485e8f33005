"""Emission tests of motor vehicles in use (机动车排放检验): limits by date, judgement, and what gives away a test that was not made as told."""
