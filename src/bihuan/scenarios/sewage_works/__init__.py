"""Sewage works, what their networks bring them, and reused water (污水处理厂与再生水)."""
