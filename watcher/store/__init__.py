"""What watcher remembers: facts and placements in SQLite."""
