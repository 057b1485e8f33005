"""Lists (列表): declared once, shown with tabs, filters, search, order and pages, and taken away as they are shown."""
