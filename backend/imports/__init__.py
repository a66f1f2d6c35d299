"""Proposals in and out of files.

In, as pure functions: `mapping` says what the columns mean, `reader` reads a file row by row, `validate` turns a row
into an `ImportedProposal` or into errors, `merge_rows` makes one proposal out of the rows of one key, and
`plan.read_proposals` does all of it. Then `store` writes a plan: for the command line (`import_plan`), or for a
planner, whose file waits in `uploads`, is ordered by `service` and taken in by `running`. Out: `export.encode` streams
rows as CSV, JSON Lines or GeoJSON, in a shape the "plain" mapping reads back.
"""
