"""What the evaluation pages, the bulletin workbook and the daily brief say: plain functions, no views."""
