"""Files of observations that are not ambient hours: plain long tables, tables with a column for each quantity, water sections."""
