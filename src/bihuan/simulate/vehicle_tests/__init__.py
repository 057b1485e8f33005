"""Invented emission tests of a city's inspection stations with curves by the second, and frauds that are told beside them.

Knows what an outside analyser would know; numbers are our own. Tables have the columns of the documented import. `Made.truth` names for each deed the tests
that it touched: nobody but a test or a benchmark may read it.
"""
