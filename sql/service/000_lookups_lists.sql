-- What a list begins with, where its filters leave little: the ids, by the index of a filter. NULL where each leaves
-- much: then walking along the keys soon fills a page. Either way a page costs by what is on it, not by all there is.

-- The first that are found, or NULL where there are more than is quickly read one by one.
CREATE OR REPLACE FUNCTION if_few(ids uuid[]) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cardinality(ids) <= 2000 THEN ids END
$$;

-- Of the accounts. The settings keep plans to indexes in which the search can stop: statistics lag behind.
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
