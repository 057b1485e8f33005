"""噪声: a line of business as small as one can be, put into a copy of the house by test_contract.py."""
