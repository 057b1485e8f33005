"""企业排放: outlets of enterprises, from the packets of their loggers to valid hours, findings and the month's ledger."""
