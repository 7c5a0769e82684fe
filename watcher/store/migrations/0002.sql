-- A word that was taken back stays a fact: it is marked, so that no number ever means two words.

ALTER TABLE words ADD COLUMN undone_at TEXT;
