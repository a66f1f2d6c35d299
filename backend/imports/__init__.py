"""Proposals in and out of files, as pure functions: no database, no network, no clock.

In: `mapping` says what the columns mean, `reader` reads a file row by row, `validate` turns a row into a
`ProposalRow` or into errors, `settle` makes one proposal out of the rows of one key, and
`plan.read_proposals` does all of it. Out: `export.encode` streams rows as CSV, JSON Lines or GeoJSON, in a
shape the "plain" mapping reads back. Screening for personal data and writing are the caller's.
"""
