"""watcher puts the follow-up a job seeker would forget into their Drafts folder. It never sends.

The house, in the order in which mail flows: a `mailbox` gives bytes, `message` makes them a Message, `reading` says
what it means, `opportunity` says where the hiring stands, `followup` decides, `draft` writes the letter, and the
mailbox keeps it. The `store` remembers, at the side. `cycle` is those verbs in a row: read it first.
"""
