"""The data folder: what marks it, who may read it, its backup, the files that are written for people, records of errors."""
