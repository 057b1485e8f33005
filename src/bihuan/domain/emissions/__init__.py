"""Plant emissions: from what a stack's logger sent to valid hours, days, months and amounts."""
