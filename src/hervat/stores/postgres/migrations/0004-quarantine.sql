-- Whether what comes from a source is quarantined, and which messages lie in quarantine. Before now none did.
ALTER TABLE feed ADD COLUMN lane smallint NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN quarantined smallint NOT NULL DEFAULT 0;
