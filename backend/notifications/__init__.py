"""Telling those concerned: what happened, who should know, and whether it reached them."""
