-- Sessions of browsers. The service's role may call these and change nothing otherwise.

CREATE OR REPLACE FUNCTION tenure.browser_open(id uuid, person uuid, key uuid, agent text, now timestamptz, until timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM browser.session s WHERE s.until < now - interval '30 days';
    WITH put AS (INSERT INTO browser.session (id, person, key, agent, opened_at, until)
                 VALUES (browser_open.id, browser_open.person, browser_open.key, browser_open.agent, now, browser_open.until)
                 RETURNING 1)
    SELECT count(*) FROM put
$$;

CREATE OR REPLACE FUNCTION tenure.browser_close(id uuid, person uuid, now timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH done AS (UPDATE browser.session s SET closed_at = now
                  WHERE s.id = browser_close.id AND s.person = browser_close.person AND s.closed_at IS NULL RETURNING 1)
    SELECT count(*) FROM done
$$;

CREATE OR REPLACE FUNCTION tenure.browser_riddle_spend(id uuid, until timestamptz, now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM browser.riddle r WHERE r.until < now;
    INSERT INTO browser.riddle (id, until) VALUES (browser_riddle_spend.id, browser_riddle_spend.until) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- An erasure throws them away too, and comes before or after: whoever changes several has this lock before it touches any, as
-- log.destroy() has its own.

-- One person has 500 of them, and as they lie on the disk 64 MiB of which nothing came yet and 64 MiB of what is done: the
-- oldest go, but never this one, nor one that is being written. What is done goes first, and however much was made of it,
-- nothing else goes for that: one in doubt holds the nonces without which it would be done twice.
CREATE OR REPLACE FUNCTION tenure.browser_acts_limit(who uuid, but uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH over AS MATERIALIZED (
        SELECT x.id FROM (
            SELECT m.id,
                   row_number() OVER (ORDER BY m.id = but DESC, m.outcome IS NULL DESC, m.kept_at DESC, m.id) AS n,
                   sum(pg_column_size(m.kept) + coalesce(pg_column_size(m.outcome), 0) + coalesce(pg_column_size(m.file), 0))
                   OVER (PARTITION BY m.outcome IS NULL ORDER BY m.id = but DESC, m.kept_at DESC, m.id) AS bytes
            FROM browser.act m WHERE m.person = who) x
        WHERE x.id <> but AND (x.n > 500 OR x.bytes > 64 << 20)),
    free AS MATERIALIZED (
        SELECT a.id FROM browser.act a WHERE a.person = who AND a.id IN (SELECT o.id FROM over o) FOR UPDATE SKIP LOCKED)
    DELETE FROM browser.act a WHERE a.person = who AND a.id IN (SELECT f.id FROM free f)
$$;

DROP FUNCTION IF EXISTS tenure.browser_act_keep(uuid, uuid, text, text, timestamptz);

-- What is about to be signed: kept for the first time, when no more people were erased than its form knew of, for it may
-- speak of them; and kept again until something came of it or it was thrown away. False: it is not kept.
CREATE OR REPLACE FUNCTION tenure.browser_act_keep(id uuid, person uuid, command text, kept text, first boolean, erasures bigint, now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT first THEN
        UPDATE browser.act a SET kept = browser_act_keep.kept, kept_at = now
        WHERE a.id = browser_act_keep.id AND a.person = browser_act_keep.person AND a.outcome IS NULL;
        RETURN FOUND;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtext('browser.act'));
    INSERT INTO browser.act (id, person, command, kept, kept_at)
    SELECT browser_act_keep.id, browser_act_keep.person, browser_act_keep.command, browser_act_keep.kept, now
    WHERE (SELECT count(*) FROM state.erasure) = erasures;
    IF FOUND THEN
        PERFORM tenure.browser_acts_limit(browser_act_keep.person, browser_act_keep.id);
        RETURN true;
    END IF;
    RETURN false;
END $$;

CREATE OR REPLACE FUNCTION tenure.browser_act_end(id uuid, person uuid, outcome text, file bytea, file_name text, media_type text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock_shared(hashtext('browser.act'));
    UPDATE browser.act a SET outcome = browser_act_end.outcome, file = browser_act_end.file,
           file_name = browser_act_end.file_name, media_type = browser_act_end.media_type
    WHERE a.id = browser_act_end.id AND a.person = browser_act_end.person AND a.outcome IS NULL;
    SELECT tenure.browser_acts_limit(browser_act_end.person, browser_act_end.id)
$$;

CREATE OR REPLACE FUNCTION tenure.browser_acts_purge(before timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock_shared(hashtext('browser.act'));
    WITH free AS MATERIALIZED (SELECT a.id FROM browser.act a WHERE a.kept_at < before FOR UPDATE SKIP LOCKED),
         gone AS (DELETE FROM browser.act a WHERE a.id IN (SELECT f.id FROM free f) RETURNING 1)
    SELECT count(*) FROM gone
$$;
