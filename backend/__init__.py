"""The domain: what may happen, and what is stored. Knows nothing of GraphQL, HTML or arq."""
