-- Gaps: what is missing or wrong, over the whole registry.

-- The kinds of gaps in the order of their names, and all gaps: those of accounts, and what belongs to none.
CREATE OR REPLACE FUNCTION gap_kinds() RETURNS TABLE (risk text) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('contested'), ('disputed'), ('exposure_window'), ('glass_unreviewed'), ('heir_leaves'), ('hostile_unconfirmed'),
           ('leaver_holds'), ('mailbox_ends'), ('not_accepted'), ('orphan'), ('overdue_access'), ('rotation_due'),
           ('short_tenure'), ('sole_owner'), ('token_expires'), ('token_orphan'), ('undocumented'), ('unrecovered')
$$;
CREATE OR REPLACE FUNCTION gaps_at(at_time timestamptz, at_index bigint)
RETURNS TABLE (risk text, account uuid, "on" uuid, detail text) LANGUAGE sql STABLE AS $$
    SELECT r.risk, r.account, r.account, r.detail FROM risks_at(at_time, at_index) r
    UNION ALL -- what has no account: readers of stores, and secrets that open none
    SELECT DISTINCT 'leaver_holds', NULL::uuid, g.store, ref_of(g.person) || ' has left and can still read the store'
    FROM access_grant_at(at_time, at_index) g
    WHERE g.store IS NOT NULL AND g.person IS NOT NULL AND g.status <> 'revoked'
      AND NOT EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = g.person)
    UNION ALL
    SELECT DISTINCT 'rotation_due', NULL::uuid, c.store, ref_of(c.id) || ': ' || d.why || coalesce(' (' || ref_of(d.who) || ')', '')
    FROM credential_at(at_time, at_index) c, LATERAL due_reasons(c.id, at_time, at_index) d
    WHERE c.account IS NULL AND c.status = 'active'
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
