"""The GraphQL API over the domain. Its folder is on the path, so it is imported as `api`."""
