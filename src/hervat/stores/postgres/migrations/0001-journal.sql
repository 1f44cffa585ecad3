-- The mark: this schema of the database is a store of hervat, and of which version.
CREATE TABLE hervat (
    one smallint PRIMARY KEY CHECK (one = 1),
    version integer NOT NULL
);

INSERT INTO hervat (one, version) VALUES (1, 0);

-- The journal: what happened, in order. Never rewritten but for the seals that an erasure takes away.
CREATE TABLE entry (
    position bigint PRIMARY KEY,
    meta bytea NOT NULL,
    parts bytea NOT NULL,
    box bytea NOT NULL,
    leaf bytea NOT NULL
);

-- What is sealed cannot be made smaller; trying costs time.
ALTER TABLE entry ALTER COLUMN parts SET STORAGE EXTERNAL;
ALTER TABLE entry ALTER COLUMN box SET STORAGE EXTERNAL;

-- Hashes of complete subtrees of 256, 65 536, ... leaves: a proof reads hundreds of leaves, not all.
CREATE TABLE tile (
    level integer NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, place)
);

-- One row: where the journal stands, and how far everything below has been folded from it.
CREATE TABLE head (
    one smallint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    received_at text NOT NULL,
    checkpoint text NOT NULL,
    folded bigint NOT NULL
);

-- From here on everything is a cache of what the journal says. Text is compared by its bytes: an order that comes from the
-- operating system changes with it, and then an index over it is wrong.
CREATE TABLE feed (
    number integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    received bigint NOT NULL,
    applied bigint NOT NULL,
    held bigint NOT NULL,
    refused bigint NOT NULL,
    through bigint NOT NULL,
    highest bigint NOT NULL,
    sequenced bigint NOT NULL,
    ceiling text,
    adrift bigint NOT NULL
);

CREATE TABLE message (
    position bigint PRIMARY KEY,
    source integer NOT NULL,
    id text,
    sequence bigint,
    kind text COLLATE "C",
    time text,
    ident bytea NOT NULL,
    previous bytea,
    target bytea,
    subject bytea,
    needs bytea NOT NULL,
    gives bytea NOT NULL,
    refusal text,
    admitted_at bigint,
    complete smallint NOT NULL,
    blocked_by bytea,
    waits_on bytea,
    retracted smallint NOT NULL,
    version bigint,
    state smallint NOT NULL,
    applied_at bigint,
    about bytea NOT NULL,
    adrift smallint NOT NULL
);

CREATE UNIQUE INDEX message_ident ON message (ident);
CREATE UNIQUE INDEX message_place ON message (source, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX message_waiting ON message (waits_on) WHERE waits_on IS NOT NULL;
CREATE INDEX message_target ON message (target) WHERE target IS NOT NULL;
CREATE INDEX message_held ON message (source, sequence) WHERE state = 2;
CREATE INDEX message_held_position ON message (position) WHERE state = 2;
CREATE INDEX message_held_subject ON message (subject) WHERE state = 2;
CREATE INDEX message_adrift ON message (position) WHERE adrift = 1;
CREATE INDEX message_refused ON message (position) WHERE state = 3;
CREATE INDEX message_not_admitted ON message (source, position) WHERE admitted_at IS NULL;
CREATE INDEX message_declaring ON message (source, kind) WHERE kind IN ('watermark', 'stock-declared');

-- Which messages speak of a key, and whether they give it now.
CREATE TABLE link (
    key bytea NOT NULL,
    position bigint NOT NULL,
    live boolean NOT NULL,
    PRIMARY KEY (key, position)
);

-- The numbers that are missing, as ranges.
CREATE TABLE missing (
    source integer NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (source, first)
);

CREATE TABLE turn (
    at bigint NOT NULL,
    position bigint NOT NULL,
    state smallint NOT NULL,
    PRIMARY KEY (position, at)
);

-- Watermarks and stock declarations as data; holds is null until a watermark can be checked.
CREATE TABLE declared (
    position bigint PRIMARY KEY,
    source integer NOT NULL,
    through bigint,
    content text NOT NULL,
    holds smallint
);

CREATE INDEX declared_unchecked ON declared (position) WHERE through IS NOT NULL AND holds IS NULL;

CREATE TABLE act (
    position bigint PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    ident bytea NOT NULL UNIQUE
);
