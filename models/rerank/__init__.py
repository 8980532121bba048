"""Reranking: how well a passage answers a query, by a model chosen by the query's language."""

from models.rerank.cross_encoder import CrossEncoder
from models.rerank.reranker import Reranker
from models.rerank.second_encoder import SecondEncoder

__all__ = ["CrossEncoder", "Reranker", "SecondEncoder"]
