"""The steps that bring an older database to the shape of schema.sql.

A step is a file `NNNN.sql` here, which leads from version NNNN-1 to NNNN; schema.sql changes together with it, and
`sqlite.VERSION` is raised. A step never drops a fact; derived tables may be emptied.
"""
