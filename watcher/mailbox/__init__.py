"""The edge where mail lies: Maildir, IMAP and memory behind one protocol."""
