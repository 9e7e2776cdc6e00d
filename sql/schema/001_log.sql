-- The log: what was published and signed, and what belongs to it. Nothing here is ever changed but
-- the two tables of heads; `append` is the only way in. See log.md's leaf, checkpoint and seal.
-- No foreign keys here: append numbers all rows of an entry itself, and looking the entry up again
-- for each of them would cost more than writing them; the audit checks that all belong together.

CREATE SCHEMA log;

-- One row an entry. leaf and body are kept as the bytes that were hashed.
CREATE TABLE log.entry (
    index        bigint PRIMARY KEY CHECK (index >= 0),
    recorded_at  timestamptz NOT NULL,
    leaf         bytea NOT NULL,
    hash         bytea NOT NULL CHECK (length(hash) = 32),
    body         bytea NOT NULL
);
CREATE INDEX ON log.entry (recorded_at);

-- The event's fields as SD-JWT disclosures, joined by '~'. Apart from the entry, so that erasing a
-- field never touches what was hashed.
CREATE TABLE log.disclosed (
    index        bigint PRIMARY KEY,
    type         text NOT NULL,
    fields       text NOT NULL
);
CREATE INDEX ON log.disclosed (type, index);
ALTER TABLE log.disclosed ALTER COLUMN fields SET STATISTICS 0; -- no sample of what may be erased

-- Merkle nodes above the leaves, one in 256: level L covers 256^L leaves.
CREATE TABLE log.node (
    level        int NOT NULL CHECK (level >= 1),
    index        bigint NOT NULL,
    hash         bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, index)
);

-- A subject's events in its own order, and its head.
CREATE TABLE log.history (
    tag          bytea NOT NULL CHECK (length(tag) = 32),
    seq          bigint NOT NULL CHECK (seq >= 0),
    index        bigint NOT NULL,
    PRIMARY KEY (tag, seq)
);
CREATE INDEX ON log.history (index);
CREATE TABLE log.subject (
    tag          bytea PRIMARY KEY,
    count        bigint NOT NULL CHECK (count > 0),
    last         bytea NOT NULL CHECK (length(last) = 32)
);

-- Checkpoints are numbered in the order of their making, without a gap, so that one which was taken
-- away is missed.
CREATE FUNCTION log.next_checkpoint() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(max(number) + 1, 0) FROM log.checkpoint);
END $$;
CREATE TABLE log.checkpoint (
    size         bigint PRIMARY KEY,
    root         bytea NOT NULL CHECK (length(root) = 32),
    note         text NOT NULL,
    number       bigint NOT NULL UNIQUE DEFAULT log.next_checkpoint()
);

CREATE TABLE log.seal (
    size         bigint PRIMARY KEY,
    heads        bytea NOT NULL CHECK (length(heads) = 32),
    note         text NOT NULL
);
-- Of which sizes there are seals, in order: nothing else would tell that one is gone.
CREATE TABLE log.sealed (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    sizes        bigint[] NOT NULL
);
INSERT INTO log.sealed (sizes) VALUES ('{}');
CREATE FUNCTION log.list_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE log.sealed SET sizes = ARRAY(SELECT s FROM unnest(sizes || NEW.size) s ORDER BY s);
    RETURN NULL;
END $$;
CREATE TRIGGER listed AFTER INSERT ON log.seal FOR EACH ROW EXECUTE FUNCTION log.list_seal();

-- Which intent made which entries: a nonce is used once, and asking again gets the same answer.
CREATE TABLE log.intent (
    nonce        text PRIMARY KEY,
    digest       bytea NOT NULL CHECK (length(digest) = 32),
    first        bigint NOT NULL,
    entries      int NOT NULL CHECK (entries > 0)
);

-- The writer's lock: the size, the compact range (32 bytes a subtree, the largest first), and the
-- key that signs from here on. It stands here, and not only in the state, because who has waited for
-- the lock sees this row as it is then.
CREATE TABLE log.head (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    size         bigint NOT NULL,
    range        bytea NOT NULL,
    recorded_at  timestamptz NOT NULL,
    vkey         text
);
INSERT INTO log.head (size, range, recorded_at) VALUES (0, '', '-infinity');

CREATE FUNCTION log.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['entry', 'node', 'history', 'checkpoint', 'seal', 'intent'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log.%I
                        FOR EACH ROW EXECUTE FUNCTION log.refuse()', t);
        EXECUTE format('CREATE TRIGGER append_only_table BEFORE TRUNCATE ON log.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION log.refuse()', t);
    END LOOP;
END $$;

-- A field can be erased, and nothing else happens to what is shown of an entry.
CREATE FUNCTION log.only_less() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.index = OLD.index AND NEW.type = OLD.type
       AND string_to_array(NEW.fields, '~') <@ string_to_array(OLD.fields, '~') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_less BEFORE UPDATE OR DELETE ON log.disclosed FOR EACH ROW EXECUTE FUNCTION log.only_less();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON log.disclosed
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();

-- Files: evidence and import files, by their hash. An evidence.added event names those that count;
-- one that no event names was uploaded and never used.
CREATE SCHEMA IF NOT EXISTS tenure; -- the ledger of migrations is there before
CREATE TABLE tenure.blob (
    sha256       bytea PRIMARY KEY CHECK (length(sha256) = 32),
    size         bigint NOT NULL CHECK (size BETWEEN 0 AND 16777216),
    bytes        bytea NOT NULL
);
ALTER TABLE tenure.blob ALTER COLUMN bytes SET STORAGE EXTERNAL, ALTER COLUMN bytes SET STATISTICS 0;

-- The fields of an event as one object.
CREATE FUNCTION log.fields(disclosures text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(f.j ->> 1, f.j -> 2), '{}')
    FROM unnest(string_to_array(disclosures, '~')) AS d (text),
         LATERAL (SELECT convert_from(decode(rpad(translate(d.text, '-_', '+/'),
                                                  (length(d.text) + 3) / 4 * 4, '='),
                                             'base64'), 'utf8')::jsonb) AS f (j)
    WHERE d.text <> ''
$$;
