"""台账: the list of cases as a workbook that people edit, and the way back: looked at cell by cell, taken in, taken back."""
