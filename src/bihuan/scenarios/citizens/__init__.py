"""群众举报: reports of people without an account, by page or by Open311."""
