-- Gaps: what is missing or wrong, over the whole registry.

-- The kinds of gaps in the order of their names; what is wrong besides the risks of accounts; and all gaps.
CREATE OR REPLACE FUNCTION gap_kinds() RETURNS TABLE (risk text) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('contested'), ('disputed'), ('exposure_window'), ('glass_unreviewed'), ('heir_leaves'), ('hostile_unconfirmed'),
           ('leaver_holds'), ('mailbox_ends'), ('not_accepted'), ('orphan'), ('overdue_access'), ('rotation_due'),
           ('short_tenure'), ('sole_owner'), ('token_expires'), ('token_orphan'), ('undocumented'), ('unrecovered')
$$;
CREATE OR REPLACE FUNCTION gaps_besides(at_time timestamptz, at_index bigint)
RETURNS TABLE (risk text, account uuid, "on" uuid, detail text) LANGUAGE sql STABLE AS $$
    -- what has no account: readers of stores, and secrets that open none
    SELECT DISTINCT 'leaver_holds', NULL::uuid, g.store, ref_of(g.person) || ' has left and can still read the store'
    FROM access_grant_at(at_time, at_index) g
    WHERE g.store IS NOT NULL AND g.person IS NOT NULL AND g.status <> 'revoked'
      AND NOT EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = g.person)
    UNION ALL
    SELECT DISTINCT 'rotation_due', NULL::uuid, c.store, ref_of(c.id) || ': ' || d.why || coalesce(' (' || ref_of(d.who) || ')', '')
    FROM maybe_due_at(at_time, at_index) c, LATERAL due_reasons(c.id, at_time, at_index) d
    WHERE c.account IS NULL
    UNION ALL
    SELECT 'glass_unreviewed', NULL, u.store, u.say FROM glass_unreviewed(at_time, at_index) u WHERE u.account IS NULL
    UNION ALL -- people whose time is over and who answer for something
    SELECT DISTINCT 'leaver_holds', o.id, o.id, ref_of(h.person) || ' has left and still answers for it'
    FROM holding_at(at_time, at_index) h JOIN owner_at(at_time, at_index) o ON o.position = h.position
    WHERE NOT EXISTS (SELECT FROM here_at(at_time, at_index) y WHERE y.id = h.person)
    UNION ALL -- people who leave, whose case was completed, and who have got something since
    SELECT DISTINCT 'leaver_holds', g.account, coalesce(g.account, g.store),
           format('%s leaves, the case is completed, and they have access again, as %s: tenure handover reopen %s',
                  ref_of(p.id), g.role, ref_of(h.id))
    FROM handover_at(at_time, at_index) h
    JOIN kinds() k ON k.kind = h.kind AND k.goes
    JOIN person_at(at_time, at_index) p ON p.id = h.person AND p.status = 'leaver'
    JOIN access_grant_at(at_time, at_index) g ON g.person = p.id AND g.status <> 'revoked' AND coalesce(g.account, g.store) IS NOT NULL
    WHERE h.state IN ('completed', 'closed_with_risk') AND EXISTS (SELECT FROM here_at(at_time, at_index) y WHERE y.id = p.id)
    UNION ALL -- cases that one person alone has called hostile
    SELECT 'hostile_unconfirmed', NULL, h.id, CASE WHEN at_time > h.confirm_by THEN 'it escalates: nobody has confirmed in time'
           ELSE 'nobody has confirmed yet' END || ' that the case of ' || ref_of(h.person) || ' is hostile: tenure handover confirm-hostile ' || ref_of(h.id)
    FROM handover_at(at_time, at_index) h
    WHERE h.hostile_at IS NOT NULL AND h.hostile_confirmed_by IS NULL AND NOT case_ended(h.state)
    UNION ALL -- tokens that nobody who is here has given, or that are about to run out
    SELECT 'token_orphan', NULL, k.id, coalesce(ref_of(k.issuer), 'nobody') || ', who issued it to ' || ref_of(k.person) || ', has left'
           || ': tenure token issue ' || ref_of(k.person) || ', then tenure token revoke ' || ref_of(k.id)
    FROM token_at(at_time, at_index) k
    WHERE k.revoked IS NULL AND k.expires_at > at_time AND NOT still_here(k.issuer, at_time, at_index)
    UNION ALL
    SELECT 'token_expires', NULL, k.id, 'runs out on ' || to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
           || ': tenure token issue ' || ref_of(k.person) || ', then tenure token revoke ' || ref_of(k.id)
    FROM token_at(at_time, at_index) k
    WHERE k.revoked IS NULL AND k.expires_at > at_time AND still_here(k.issuer, at_time, at_index)
      AND k.expires_at < at_time + interval '30 days'
$$;

CREATE OR REPLACE FUNCTION gaps_at(at_time timestamptz, at_index bigint)
RETURNS TABLE (risk text, account uuid, "on" uuid, detail text) LANGUAGE sql STABLE AS $$
    SELECT r.risk, r.account, r.account, r.detail FROM risks_at(at_time, at_index) r
    UNION ALL SELECT b.risk, b.account, b."on", b.detail FROM gaps_besides(at_time, at_index) b
$$;

-- Those that somebody may see, of a unit and of a person where these are said, in the reader's words; name: the account's.
DROP FUNCTION IF EXISTS gaps_seen(boolean, uuid[], uuid, uuid, uuid, timestamptz, bigint);
CREATE OR REPLACE FUNCTION gaps_seen(everything boolean, units uuid[], who uuid, under uuid, about uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (risk text, ref text, name text, unit uuid, detail text, key text) LANGUAGE sql STABLE AS $$
    SELECT g.risk, t.ref, a.name, a.unit, g.detail, concat_ws(' ', g.risk, coalesce(t.ref, ''), md5(g.detail))
    FROM gaps_at(at_time, at_index) g LEFT JOIN thing t ON t.id = g."on" LEFT JOIN account_at(at_time, at_index) a ON a.id = g.account
    WHERE (g.account IS NOT NULL OR (everything AND under IS NULL))
      AND (everything OR a.unit = ANY (units) OR is_mine('account', g.account, who, at_time, at_index))
      AND (under IS NULL OR a.unit IN (SELECT units_under(under, at_time, at_index)))
      AND (about IS NULL OR strpos(g.detail, ref_of(about)) > 0)
$$;

-- A page of one kind of them, of which there are many: the accounts are walked along in the order of their keys until it
-- is full. after: "kind key digest", as theirs. OFFSET keeps each account from being looked at before its turn.
CREATE OR REPLACE FUNCTION gaps_walk(wanted text, after text, most int, everything boolean, units uuid[], who uuid, under uuid, about uuid,
                                     at_time timestamptz, at_index bigint)
RETURNS TABLE (ref text, name text, unit uuid, detail text, key text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    from_ref text := CASE WHEN split_part(after, ' ', 1) = wanted THEN split_part(after, ' ', 2) ELSE '' END;
    under_them uuid[] := few_units(under, at_time, at_index);
    person text := ref_of(about);
BEGIN
    IF wanted IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT x.ref, x.name, x.unit, x.detail, x.key FROM (
        (SELECT t.ref, a.name, a.unit, r.detail, concat_ws(' ', wanted, t.ref, md5(r.detail)) AS key
         FROM thing t
         JOIN LATERAL (SELECT * FROM account_at(at_time, at_index) y WHERE y.id = t.id LIMIT 1) a ON true
         JOIN LATERAL (SELECT y.detail FROM risks_at(at_time, at_index) y WHERE y.account = t.id AND y.risk = wanted OFFSET 0) r ON true
         WHERE t.noun = 'account' AND t.ref >= from_ref AND concat_ws(' ', wanted, t.ref, md5(r.detail)) > after
           AND (everything OR a.unit = ANY (units) OR is_mine('account', a.id, who, at_time, at_index))
           AND (under IS NULL OR a.unit = ANY (under_them)) AND (about IS NULL OR strpos(r.detail, person) > 0)
         ORDER BY t.ref, md5(r.detail) LIMIT most)
        UNION ALL
        SELECT t.ref, a.name, a.unit, b.detail, concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail))
        FROM gaps_besides(at_time, at_index) b
        LEFT JOIN thing t ON t.id = b."on" LEFT JOIN account_at(at_time, at_index) a ON a.id = b.account
        WHERE b.risk = wanted AND concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail)) > after
          AND (b.account IS NOT NULL OR (everything AND under IS NULL))
          AND (everything OR a.unit = ANY (units) OR is_mine('account', b.account, who, at_time, at_index))
          AND (under IS NULL OR a.unit = ANY (under_them)) AND (about IS NULL OR strpos(b.detail, person) > 0)) x
    ORDER BY x.key LIMIT most;
END $$;
