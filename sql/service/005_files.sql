-- Files come before the entry that names them. The service's role may call these and change nothing otherwise.

DROP FUNCTION IF EXISTS tenure.keep_blob(bytea, bytea);

-- It is about to come from this person, who may bring so much in 24 hours, and it is no more than that: it is counted, whether it comes or not, and
-- what they bring at the same time waits. Or, not counted: when there is room for it.
CREATE OR REPLACE FUNCTION tenure.file_brought(hash bytea, who uuid, weight bigint, most bigint, now timestamptz)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    day constant interval := '24 hours';
    again timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('upload.file'), hashtext(who::text));
    SELECT max(x.brought) + day INTO again FROM (
        SELECT f.brought, sum(f.weight) OVER (ORDER BY f.brought DESC) AS together FROM upload.file f
        WHERE f.person = who AND f.brought > now - day AND f.sha256 <> hash) x
    WHERE x.together + file_brought.weight > most;
    IF again IS NULL THEN
        INSERT INTO upload.file AS f (sha256, at, person, brought, weight) VALUES (hash, now, who, now, file_brought.weight)
        ON CONFLICT (sha256) DO UPDATE SET at = greatest(f.at, excluded.at), person = excluded.person,
                                           brought = excluded.brought, weight = excluded.weight;
    END IF;
    RETURN again;
END $$;

-- It came, or was asked for by somebody who is about to name it: it stays for a while from now.
CREATE OR REPLACE FUNCTION tenure.file_came(hash bytea, now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO upload.file (sha256, at) SELECT b.sha256, now FROM tenure.blob b WHERE b.sha256 = hash
    ON CONFLICT (sha256) DO UPDATE SET at = greatest(file.at, excluded.at)
$$;

CREATE OR REPLACE FUNCTION tenure.file_keep(hash bytea, content bytea, now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO tenure.blob (sha256, size, bytes)
    SELECT hash, length(content), content WHERE sha256(content) = hash
    ON CONFLICT (sha256) DO NOTHING;
    SELECT tenure.file_came(hash, now)
$$;

-- Its size; NULL: it is not there.
CREATE OR REPLACE FUNCTION tenure.file_asked(hash bytea, now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM tenure.file_came(hash, now);
    RETURN (SELECT b.size FROM tenure.blob b WHERE b.sha256 = hash);
END $$;

-- Of those that came before this time, some at once: those that no entry names go; how many. NULL: there are none. An entry
-- that names one may be on its way: nothing is appended meanwhile, and what was is seen.
CREATE OR REPLACE FUNCTION tenure.files_purge(before timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = state, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM upload.file f WHERE f.at < before) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM log.head FOR UPDATE;
    WITH due AS (DELETE FROM upload.file f
                 WHERE f.sha256 IN (SELECT x.sha256 FROM upload.file x WHERE x.at < before ORDER BY x.at LIMIT 10)
                 RETURNING f.sha256, encode(f.sha256, 'hex') AS hex)
    DELETE FROM tenure.blob b USING due d
    WHERE b.sha256 = d.sha256 AND NOT EXISTS (SELECT FROM evidence e WHERE e.sha256 = d.hex)
      AND NOT EXISTS (SELECT FROM import_run r WHERE split_part(r.file, '/', 1) = d.hex);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
