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

-- What is about to be signed: kept, and kept again until something came of it. False: it is somebody else's, or done.
CREATE OR REPLACE FUNCTION tenure.browser_act_keep(id uuid, person uuid, command text, kept text, now timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO browser.act AS a (id, person, command, kept, kept_at)
    VALUES (browser_act_keep.id, browser_act_keep.person, browser_act_keep.command, browser_act_keep.kept, now)
    ON CONFLICT ON CONSTRAINT act_pkey DO UPDATE SET kept = excluded.kept, kept_at = excluded.kept_at
    WHERE a.person = excluded.person AND a.outcome IS NULL;
    RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION tenure.browser_act_end(id uuid, person uuid, outcome text, file bytea, file_name text, media_type text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE browser.act a SET outcome = browser_act_end.outcome, file = browser_act_end.file,
           file_name = browser_act_end.file_name, media_type = browser_act_end.media_type
    WHERE a.id = browser_act_end.id AND a.person = browser_act_end.person AND a.outcome IS NULL
$$;

CREATE OR REPLACE FUNCTION tenure.browser_acts_purge(before timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM browser.act a WHERE a.kept_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$;
