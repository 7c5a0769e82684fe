"""What watcher knows about hiring mail, as data files, one folder per language."""
