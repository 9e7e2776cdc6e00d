-- What a list begins with, where its filters leave little: the ids, by the index of a filter. NULL where each leaves
-- much: then walking along the keys soon fills a page. Either way a page costs by what is on it, not by all there is.

-- The first that are found, or NULL where there are more than is quickly read one by one.
CREATE OR REPLACE FUNCTION if_few(ids uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cardinality(ids) <= 2000 THEN ids END
$$;

-- Of what has one of these values in a column: the ids, or what else is asked for. NULL too where one of the values is
-- not said. The settings keep plans to indexes in which the search can stop: statistics lag behind.
CREATE OR REPLACE FUNCTION few_of(tbl text, col text, vals anyarray, at_index bigint, what text DEFAULT 'id')
RETURNS uuid[] LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    few uuid[];
BEGIN
    IF vals IS NULL OR array_position(vals, NULL) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT if_few(ARRAY(SELECT y.id FROM unnest($1) v (one) CROSS JOIN LATERAL (
                        SELECT %I AS id FROM %I WHERE %I = v.one AND known_from <= $2 AND $2 < known_to LIMIT 2001) y LIMIT 2001))',
                   what, tbl, col) INTO few USING vals, at_index;
    RETURN few;
END $$;
-- Several of them together.
CREATE OR REPLACE FUNCTION few_together(one uuid[], other uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN one IS NOT NULL AND other IS NOT NULL THEN if_few(one || other) END
$$;
-- A unit and all below it, where one is said.
CREATE OR REPLACE FUNCTION few_units(under uuid, at_time timestamptz, at_index bigint) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN under IS NOT NULL THEN ARRAY(SELECT units_under(under, at_time, at_index)) END
$$;

-- What may be seen by somebody who has no role for the whole registry: what is of their units, and their own; see
-- is_mine(). NULL for whoever sees everything.
CREATE OR REPLACE FUNCTION accounts_seen(everything boolean, units uuid[], who uuid, at_time timestamptz, at_index bigint)
RETURNS uuid[] LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    IF everything THEN
        RETURN NULL;
    END IF;
    RETURN few_together(few_of('account', 'unit', units, at_index), if_few(ARRAY(
        SELECT x.id FROM (
            SELECT o.id FROM holding_at(at_time, at_index) h JOIN owner_at(at_time, at_index) o ON o.position = h.position
            WHERE h.person = who
            UNION ALL SELECT c.id FROM custodian_at(at_time, at_index) c WHERE c.person = who
            UNION ALL SELECT a.account FROM handover_account_at(at_time, at_index) a WHERE a.successor = who) x LIMIT 2001)));
END $$;
-- What lies on these accounts or is of this person: of a table with both.
CREATE OR REPLACE FUNCTION things_seen(tbl text, everything boolean, units uuid[], who uuid, at_time timestamptz, at_index bigint)
RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN NOT everything THEN few_together(
        few_of(tbl, 'account', accounts_seen(everything, units, who, at_time, at_index), at_index),
        few_of(tbl, 'person', ARRAY[who], at_index)) END
$$;
-- The same, and what lies in the stores of these units.
CREATE OR REPLACE FUNCTION things_stored(tbl text, everything boolean, units uuid[], who uuid, at_time timestamptz, at_index bigint)
RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN NOT everything THEN few_together(things_seen(tbl, everything, units, who, at_time, at_index),
        few_of(tbl, 'store', few_of('store', 'unit', units, at_index), at_index)) END
$$;

-- Of the accounts.
CREATE OR REPLACE FUNCTION accounts_narrowed(of_platform text, of_kind text, of_status text, under uuid, above uuid, by_position uuid,
                                             by_person uuid, of_title text, at_time timestamptz, at_index bigint)
RETURNS uuid[] LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    few uuid[];
BEGIN
    IF above IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM account_at(at_time, at_index) a WHERE a.parent = above LIMIT 2001));
    END IF;
    IF few IS NULL AND by_position IS NOT NULL THEN
        few := if_few(ARRAY(SELECT o.id FROM owner_at(at_time, at_index) o WHERE o.position = by_position LIMIT 2001));
    END IF;
    IF few IS NULL AND by_person IS NOT NULL THEN
        few := if_few(ARRAY(SELECT o.id FROM holding_at(at_time, at_index) h
                            JOIN owner_at(at_time, at_index) o ON o.position = h.position WHERE h.person = by_person LIMIT 2001));
    END IF;
    IF few IS NULL AND under IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM units_under(under, at_time, at_index) u (id)
                            CROSS JOIN LATERAL (SELECT y.id FROM account_at(at_time, at_index) y WHERE y.unit = u.id LIMIT 2001) a LIMIT 2001));
    END IF;
    IF few IS NULL AND of_title <> 'undocumented' THEN -- that is to have none
        few := if_few(ARRAY(SELECT l.account FROM title_at(at_time, at_index) l WHERE l.status = of_title LIMIT 2001));
    END IF;
    IF few IS NULL AND of_platform IS NOT NULL AND of_kind IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM account_at(at_time, at_index) a WHERE a.platform = of_platform AND a.kind = of_kind LIMIT 2001));
    ELSIF few IS NULL AND of_platform IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM account_at(at_time, at_index) a WHERE a.platform = of_platform LIMIT 2001));
    ELSIF few IS NULL AND of_kind IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM account_at(at_time, at_index) a WHERE a.kind = of_kind LIMIT 2001));
    END IF;
    IF few IS NULL AND of_status IS NOT NULL THEN
        few := if_few(ARRAY(SELECT a.id FROM account_at(at_time, at_index) a WHERE a.status = of_status LIMIT 2001));
    END IF;
    RETURN few;
END $$;
