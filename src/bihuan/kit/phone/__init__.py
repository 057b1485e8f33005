"""What people do on a phone without signal, and how it arrives exactly once and in order (docs/phone.md)."""
