"""What is run by those who make watcher, never by its users."""
