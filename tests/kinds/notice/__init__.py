"""A slice that only a test has: notices that residents put up, a kind of content like any other.

It proves that a kind needs its own folder and its names in the lists of slices, and nothing else.
"""
