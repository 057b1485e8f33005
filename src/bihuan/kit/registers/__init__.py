"""Registers (登记): a line of business declares its objects once and gets template, import, export, history, undo."""
