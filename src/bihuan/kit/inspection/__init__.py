"""Inspection (检查): forms as XLSForm workbooks, their answers, and what an answer says is wrong."""
