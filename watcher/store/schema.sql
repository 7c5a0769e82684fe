-- The newest shape of the database. A new one is made from this; an older one is brought here by migrations/NNNN.sql.
-- Instants are ISO 8601 in UTC. Columns named `record` hold one value of the models as JSON (see codec.py).

-- FACTS ---------------------------------------------------------------------------------------------------------------
-- A mail was seen, a draft was placed or vanished, the human told us, an id was minted.

CREATE TABLE messages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,  -- a serial that is never given twice: "everything after N" is sound
    account     TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    received_at TEXT NOT NULL,
    size        INTEGER NOT NULL,                   -- bytes of the header block as swept
    state       TEXT NOT NULL CHECK (state IN ('swept', 'wanted', 'fetched', 'unreadable')),
    reason      TEXT NOT NULL DEFAULT '',           -- why it is unreadable
    header      TEXT NOT NULL,
    UNIQUE (account, message_id)
);

-- Few messages are ever more than swept; this finds them without walking the whole mailbox.
CREATE INDEX messages_beyond_swept ON messages (state) WHERE state <> 'swept';

-- The text lies apart, so that walking the headers does not read it.
CREATE TABLE bodies (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    record  TEXT NOT NULL
);

CREATE TABLE copies (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    key     TEXT NOT NULL,                          -- the backend's own id in that folder
    role    TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (account, folder, key)
) WITHOUT ROWID;
CREATE INDEX copies_of_message ON copies (message);

-- Mail of whose header no sense could be made, so that it has no row in messages.
CREATE TABLE set_aside (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    key     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (account, folder, key)
) WITHOUT ROWID;

CREATE TABLE cursors (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (account, folder)
) WITHOUT ROWID;

CREATE TABLE identities (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE words (
    id        INTEGER PRIMARY KEY,                  -- the number by which the human takes it back
    record    TEXT NOT NULL,
    undone_at TEXT                                  -- when it was taken back, NULL while it stands
);

CREATE TABLE placements (
    message_id  TEXT PRIMARY KEY,
    intended_at TEXT NOT NULL,
    text        TEXT NOT NULL,                      -- the letter, emptied after 30 days
    record      TEXT NOT NULL                       -- the rest
) WITHOUT ROWID;

CREATE TABLE placement_history (
    id         INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES placements (message_id),
    state      TEXT NOT NULL,
    at         TEXT NOT NULL,
    why        TEXT NOT NULL
);
CREATE INDEX history_of_placement ON placement_history (message_id);

CREATE TABLE scans (
    account    TEXT PRIMARY KEY,
    tried_at   TEXT NOT NULL,
    scanned_at TEXT,                                -- the last one that went through
    error      TEXT                                 -- of the last one, NULL where it went through
) WITHOUT ROWID;

-- DERIVED -------------------------------------------------------------------------------------------------------------
-- May be thrown away at any time and made again from the facts; each carries the digest of what it was made with.

CREATE TABLE readings (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    digest  TEXT NOT NULL,
    record  TEXT NOT NULL
);

CREATE TABLE views (
    opportunity TEXT PRIMARY KEY,
    place       INTEGER NOT NULL,                   -- the order in which the pass gave them
    document    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                             -- JSON
) WITHOUT ROWID;
