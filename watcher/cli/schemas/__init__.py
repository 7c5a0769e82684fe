"""JSON Schemas (draft 2020-12) of what the commands print with --json; a test holds the output to them."""
