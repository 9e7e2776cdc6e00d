-- Templates: overrides of playbooks, and what conditions ask about.

--: playbook_layers
SELECT t.ref, o.platform, ref_of(o.unit) AS unit, o.account_kind, o.exit_type, o.version, o.content::text AS content
FROM playbook_override_at(:now::timestamptz, latest()) o JOIN thing t ON t.id = o.id ORDER BY t.ref

--: case_playbooks
-- those of today by which the accounts of a case are handed over; which one is said by platform and kind
SELECT p.id, p.platform, p.version, p.content::text AS content
FROM playbook_at(:now::timestamptz, latest()) p WHERE p.platform IN (
    SELECT coalesce(s.playbook, 'any')
    FROM case_by(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, :seat::uuid, :now::timestamptz, latest()) h,
         case_reach(h, :now::timestamptz, latest()) x (id) JOIN account_at(:now::timestamptz, latest()) a ON a.id = x.id
    LEFT JOIN unnest(:platforms::text[], :kinds::text[], :playbooks::text[]) AS s (platform, kind, playbook)
           ON s.platform = a.platform AND s.kind = a.kind)

--: case_facts
-- what is known of the accounts of a case: their units, the account's own first, and whether the leaver is the only owner
SELECT a.id AS account, a.kind,
       (WITH RECURSIVE up (id, place) AS (
            SELECT a.unit, 0 WHERE a.unit IS NOT NULL
            UNION ALL SELECT u.parent, up.place + 1 FROM up JOIN unit_at(:now::timestamptz, latest()) u ON u.id = up.id
            WHERE u.parent IS NOT NULL AND up.place < 100)
        SELECT array_agg(ref_of(up.id) ORDER BY up.place) FROM up) AS units,
       EXISTS (SELECT FROM access_grant_at(:now::timestamptz, latest()) g
               WHERE g.account = a.id AND g.person = h.person AND g.level = 'owner' AND g.status = 'active')
       AND NOT EXISTS (SELECT FROM access_grant_at(:now::timestamptz, latest()) g
               WHERE g.account = a.id AND g.person <> h.person AND g.level = 'owner' AND g.status = 'active'
                 AND still_here(g.person, :now::timestamptz, latest())) AS sole_owner
FROM case_by(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, :seat::uuid, :now::timestamptz, latest()) h,
     case_reach(h, :now::timestamptz, latest()) x (id) JOIN account_at(:now::timestamptz, latest()) a ON a.id = x.id

--: override_look
-- the override of the same scope, and the playbook that it is of
SELECT o.id, t.ref AS known_as, o.digest, o.version, (SELECT p.content::text FROM playbook_at(:now::timestamptz, latest()) p
        WHERE p.platform = :platform::text) AS base,
       (SELECT p.version FROM playbook_at(:now::timestamptz, latest()) p WHERE p.platform = :platform::text) AS base_version
FROM (SELECT 1) one LEFT JOIN (playbook_override_at(:now::timestamptz, latest()) o JOIN thing t ON t.id = o.id)
  ON o.platform = :platform::text AND o.unit IS NOT DISTINCT FROM :unit::uuid
 AND o.account_kind IS NOT DISTINCT FROM :kind::text AND o.exit_type IS NOT DISTINCT FROM :exit_type::text

--: override_there
SELECT o.id, o.digest, o.version FROM playbook_override_at(:now::timestamptz, latest()) o WHERE o.id = :override::uuid

--: playbook_overrides
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.override AS key FROM (
    SELECT t.ref AS override, o.platform AS playbook, ref_of(o.unit) AS unit, o.account_kind AS kind, o.exit_type,
           o.version, jsonb_array_length(o.content -> 'transfer_steps') AS steps
    FROM playbook_override_at(:as_of::timestamptz, :as_known::bigint) o JOIN thing t ON t.id = o.id
    WHERE t.ref > coalesce(:after::text, '') ORDER BY t.ref LIMIT :limit::int) x

--: handover_laid
-- the steps of playbooks as they are, and what each account's were made of
SELECT s.id, s.number, s.name, s.state, s.account, s.title, s.detail, s.actor, coalesce(s.evidence, 'none') AS evidence,
       s.wait_days, s.irreversible, coalesce(s.approve, false) AS approve, s.condition, s.layers, s.needs, s.due_rule,
       coalesce(s.pinned, false) AS pinned
FROM step_at(:now::timestamptz, latest()) s
WHERE s.handover = :handover::uuid AND s.kind = 'playbook' ORDER BY s.number

--: handover_pins
SELECT r.account, r.template, r.template_digest FROM handover_account_at(:now::timestamptz, latest()) r
WHERE r.handover = :handover::uuid
