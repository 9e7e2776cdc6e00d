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
