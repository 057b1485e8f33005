"""The entrance of gates over HTTP: records, pictures, decisions, rule files (docs/gates.md)."""
