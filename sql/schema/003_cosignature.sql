-- What witnesses have cosigned: a line for a checkpoint or a seal, each witness once. Only appended;
-- `keep_cosignature` is the only way in. Nothing in the log says how many there must be, so they are
-- numbered and chained, and what the last one is stands beside them: chain is SHA-256 of the chain
-- before (32 zero bytes at first), "n\nsize\nseal|checkpoint\nwitness\n" and the line.
CREATE TABLE log.cosignature (
    n            bigint PRIMARY KEY CHECK (n >= 0),
    size         bigint NOT NULL,
    sealed       boolean NOT NULL,
    witness      text NOT NULL, -- its verifier key
    line         text NOT NULL, -- of the signed note
    chain        bytea NOT NULL CHECK (length(chain) = 32),
    UNIQUE (size, sealed, witness)
);
CREATE INDEX ON log.cosignature (witness, size);
CREATE TABLE log.cosigned (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    count        bigint NOT NULL,
    chain        bytea NOT NULL CHECK (length(chain) = 32)
);
INSERT INTO log.cosigned (count, chain) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log.cosignature
    FOR EACH ROW EXECUTE FUNCTION log.refuse();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON log.cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();
