"""The ASGI application. It reaches data only through the API."""
