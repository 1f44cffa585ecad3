-- The journal: what happened, in order. Never rewritten but for the seals that an erasure takes away.
CREATE TABLE entry (
    position INTEGER PRIMARY KEY,
    meta BLOB NOT NULL,
    parts BLOB NOT NULL,
    box BLOB NOT NULL,
    leaf BLOB NOT NULL
) STRICT;

-- Hashes of complete subtrees of 256, 65 536, ... leaves: a proof reads hundreds of leaves, not all.
CREATE TABLE tile (
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- One row: where the journal stands.
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    received_at TEXT NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;

-- From here on everything is a cache of what the journal says.
CREATE TABLE feed (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    received INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    held INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    through INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    sequenced INTEGER NOT NULL,
    ceiling TEXT
) STRICT;

CREATE TABLE message (
    position INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    id TEXT,
    sequence INTEGER,
    kind TEXT,
    time TEXT,
    ident BLOB NOT NULL,
    previous BLOB,
    target BLOB,
    subject BLOB,
    needs BLOB NOT NULL,
    gives BLOB NOT NULL,
    refusal TEXT,
    admitted_at INTEGER,
    complete INTEGER NOT NULL,
    blocked_by BLOB,
    waits_on BLOB,
    retracted INTEGER NOT NULL,
    version INTEGER,
    state INTEGER NOT NULL,
    applied_at INTEGER
) STRICT;

CREATE UNIQUE INDEX message_ident ON message (ident);
CREATE UNIQUE INDEX message_place ON message (source, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX message_waiting ON message (waits_on) WHERE waits_on IS NOT NULL;
CREATE INDEX message_target ON message (target) WHERE target IS NOT NULL;
CREATE INDEX message_held ON message (source, sequence) WHERE state = 2;
CREATE INDEX message_held_position ON message (position) WHERE state = 2;
CREATE INDEX message_held_subject ON message (subject) WHERE state = 2;
CREATE INDEX message_refused ON message (position) WHERE state = 3;
CREATE INDEX message_not_admitted ON message (source, position) WHERE admitted_at IS NULL;
CREATE INDEX message_declaring ON message (source, kind) WHERE kind IN ('watermark', 'stock-declared');

-- Which messages speak of a key, and whether they give it now.
CREATE TABLE link (
    key BLOB NOT NULL,
    position INTEGER NOT NULL,
    live INTEGER NOT NULL,
    PRIMARY KEY (key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
    at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    state INTEGER NOT NULL,
    PRIMARY KEY (position, at)
) STRICT, WITHOUT ROWID;

-- Watermarks and stock declarations as data; holds is null until a watermark can be checked.
CREATE TABLE declared (
    position INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    through INTEGER,
    content TEXT NOT NULL,
    holds INTEGER
) STRICT;

CREATE INDEX declared_unchecked ON declared (position) WHERE through IS NOT NULL AND holds IS NULL;

CREATE TABLE act (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    ident BLOB NOT NULL UNIQUE
) STRICT;
