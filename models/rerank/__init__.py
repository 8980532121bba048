"""Cross-encoder: how well a passage answers a query."""

from models.rerank.cross_encoder import CrossEncoder

__all__ = ["CrossEncoder"]
