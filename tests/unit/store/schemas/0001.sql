-- Version 1 of the database, with one fact of each sort in it.
CREATE TABLE bodies (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    record  TEXT NOT NULL
);
INSERT INTO "bodies" VALUES(1,'{"new":"We would like to meet you.","quoted":"","forwarded":"","signature":"","footer":"","plain":"We would like to meet you.","calendars":[],"links":[],"attachments":[]}');
CREATE TABLE copies (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    key     TEXT NOT NULL,                          -- the backend's own id in that folder
    role    TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (account, folder, key)
) WITHOUT ROWID;
INSERT INTO "copies" VALUES('home','INBOX','m1','inbox',1);
INSERT INTO "copies" VALUES('home','INBOX','m2','inbox',2);
CREATE TABLE cursors (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (account, folder)
) WITHOUT ROWID;
INSERT INTO "cursors" VALUES('home','INBOX','1');
CREATE TABLE identities (
    id     TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "identities" VALUES('acme','{"id":"acme","minted_at":"2026-03-17T13:00:00Z","messages":["<m2@acme.example>"],"alias_of":"acme-backend-engineer"}');
INSERT INTO "identities" VALUES('acme-backend-engineer','{"id":"acme-backend-engineer","minted_at":"2026-03-17T12:00:00Z","messages":["<m2@acme.example>","<m1@acme.example>"],"alias_of":""}');
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
INSERT INTO "messages" VALUES(1,'home','<m1@acme.example>','2026-03-17T12:00:00+00:00',14,'fetched','','{"message_id":"<m1@acme.example>","date":"2026-03-17T12:00:00Z","received_at":"2026-03-17T12:00:00Z","sender":{"name":"Dana Reyes","address":"dana@acme.example"},"subject":"Your application","to":[{"name":"","address":"alex@example.net"}],"cc":[],"reply_to":[],"in_reply_to":"","references":[],"thread":"","traits":{"list-id":"jobs"}}');
INSERT INTO "messages" VALUES(2,'home','<m2@acme.example>','2026-03-17T12:00:00+00:00',14,'swept','','{"message_id":"<m2@acme.example>","date":"2026-03-17T12:00:00Z","received_at":"2026-03-17T12:00:00Z","sender":{"name":"Dana Reyes","address":"dana@acme.example"},"subject":"Your application","to":[{"name":"","address":"alex@example.net"}],"cc":[],"reply_to":[],"in_reply_to":"","references":[],"thread":"","traits":{"list-id":"jobs"}}');
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                             -- JSON
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('pass','{"judged_at":"2026-03-17T12:00:00+00:00","digest":"digest"}');
CREATE TABLE placement_history (
    id         INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES placements (message_id),
    state      TEXT NOT NULL,
    at         TEXT NOT NULL,
    why        TEXT NOT NULL
);
INSERT INTO "placement_history" VALUES(1,'<d1@example.net>','intended','2026-03-17T12:00:00+00:00','');
INSERT INTO "placement_history" VALUES(2,'<d1@example.net>','placed','2026-03-17T12:00:00+00:00','');
INSERT INTO "placement_history" VALUES(3,'<d1@example.net>','pending','2026-03-17T13:00:00+00:00','');
CREATE TABLE placements (
    message_id  TEXT PRIMARY KEY,
    intended_at TEXT NOT NULL,
    text        TEXT NOT NULL,                      -- the letter, emptied after 30 days
    record      TEXT NOT NULL                       -- the rest
) WITHOUT ROWID;
INSERT INTO "placements" VALUES('<d1@example.net>','2026-03-17T12:00:00+00:00','Dear Dana, thank you.','{"message_id":"<d1@example.net>","account":"home","opportunity":"acme-backend-engineer","kind":"thank_you","attempt":1,"anchor":"<m1@acme.example>","state":"pending","to":"dana@acme.example","subject":"Re: Your application","in_reply_to":"<m1@acme.example>","intended_at":"2026-03-17T12:00:00Z","changed_at":"2026-03-17T13:00:00Z","text":"","fingerprint":"abc","why":"","answers":["<m1@acme.example>"],"highlights":[],"thread":""}');
CREATE TABLE readings (
    message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    digest  TEXT NOT NULL,
    record  TEXT NOT NULL
);
INSERT INTO "readings" VALUES(1,'digest','{"message_id":"<m1@acme.example>","speaker":"human","hiring":0.9,"says":"update","confidence":0.8,"scores":{},"evidence":[],"hiring_evidence":[],"language":"en","system":"","answerable":true,"bulk":false,"acts":[],"asks":[],"times":[],"events":[],"named_day":null,"back_on":null,"companies":[],"agency":"","roles":[],"requisitions":[],"author":null,"contact":null,"people":[],"successor":null,"addressed_to":"","addressed_to_me":true,"booking_links":[],"phones":[],"suspicious":""}');
CREATE TABLE scans (
    account    TEXT PRIMARY KEY,
    tried_at   TEXT NOT NULL,
    scanned_at TEXT,                                -- the last one that went through
    error      TEXT                                 -- of the last one, NULL where it went through
) WITHOUT ROWID;
INSERT INTO "scans" VALUES('home','2026-03-17T12:00:00+00:00','2026-03-17T12:00:00+00:00',NULL);
CREATE TABLE set_aside (
    account TEXT NOT NULL,
    folder  TEXT NOT NULL,
    key     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (account, folder, key)
) WITHOUT ROWID;
CREATE TABLE views (
    opportunity TEXT PRIMARY KEY,
    place       INTEGER NOT NULL,                   -- the order in which the pass gave them
    document    TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "views" VALUES('acme-backend-engineer',0,'{"status":{},"show":{}}');
CREATE TABLE words (
    id     INTEGER PRIMARY KEY,
    record TEXT NOT NULL
);
INSERT INTO "words" VALUES(1,'{"verb":"note","value":"how the team plans its week","said_at":"2026-03-17T12:00:00Z","anchors":["<m1@acme.example>"],"extra":{}}');
INSERT INTO "words" VALUES(2,'{"verb":"heard","value":"2026-03-17","said_at":"2026-03-17T13:00:00Z","anchors":["acme-backend-engineer"],"extra":{"by":"2026-03-27"}}');
CREATE INDEX messages_beyond_swept ON messages (state) WHERE state <> 'swept';
CREATE INDEX copies_of_message ON copies (message);
CREATE INDEX history_of_placement ON placement_history (message_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('messages',2);
PRAGMA application_id = 2004116328;
PRAGMA user_version = 1;
