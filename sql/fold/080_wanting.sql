-- What wants something: kept for whatever the events of a batch have touched, once at its end. What follows from the tables
-- alone is the same however the log is cut into batches.

-- Accounts and positions that may want more or less than before, but for those of grants that begin (grants_begun()).
CREATE OR REPLACE FUNCTION wants_touched(es event[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$ -- plans are kept from when all was empty
BEGIN
    RETURN (
        SELECT array_agg(x.id) FROM (
            SELECT id_of(e, 'account') AS id FROM unnest(es) e
            WHERE e.after ? 'account' AND split_part(e.type, '.', 1) IN ('account', 'identifier', 'title', 'owner', 'grant')
            UNION ALL -- whoever has what is theirs
            SELECT n.id FROM unnest(es) e JOIN thing t ON t.id = id_of(e, 'account') JOIN thing n ON n.tag = t.tag
            WHERE e.type = 'account.registered' AND n.id <> t.id
            UNION ALL
            SELECT j.account FROM unnest(es) e CROSS JOIN LATERAL (SELECT * FROM identifier y WHERE y.account = id_of(e, 'account') OFFSET 0) i
            CROSS JOIN LATERAL (SELECT * FROM identifier y WHERE y.platform = i.platform AND lower(y.value) = lower(i.value) OFFSET 0) j
            WHERE i.kind = 'handle' AND (split_part(e.type, '.', 1) = 'identifier' OR e.type IN ('account.registered', 'account.handle_changed', 'account.handle_recased'))
              AND j.kind = 'handle' AND j.account <> i.account
            UNION ALL
            SELECT id_of(e, 'position') FROM unnest(es) e WHERE e.type IN ('position.registered', 'position.filled', 'position.vacated')
            UNION ALL
            SELECT h.position FROM unnest(es) e JOIN holding h ON h.person = id_of(e, 'person')
            WHERE e.type IN ('person.left', 'person.notice_withdrawn')) x);
END $$;

CREATE OR REPLACE FUNCTION want_anew(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF ids IS NULL THEN
        RETURN;
    END IF;
    WITH anew AS MATERIALIZED (SELECT DISTINCT * FROM wants(ids)),
    gone AS (DELETE FROM wanting w WHERE w.id = ANY (ids) AND NOT EXISTS (SELECT FROM anew n WHERE n.id = w.id))
    INSERT INTO wanting AS w SELECT * FROM anew
    ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, owners = excluded.owners, title = excluded.title,
        twin = excluded.twin, holder = excluded.holder
    WHERE w IS DISTINCT FROM excluded;
END $$;
