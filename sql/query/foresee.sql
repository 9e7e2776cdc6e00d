-- What it would mean if somebody left.

--: foreseen_risks
-- what would go wrong if a person were gone: on the accounts that they answer for, own, or could seize
WITH me AS (SELECT * FROM person_at(:now::timestamptz, latest()) x WHERE x.id = :person::uuid),
g AS (SELECT * FROM access_grant_at(:now::timestamptz, latest()) x WHERE x.level = 'owner' AND x.status = 'active'),
c AS (SELECT * FROM control_point_at(:now::timestamptz, latest()) x WHERE x.status = 'active'),
a AS (SELECT y.*, coalesce(y.min_owners, 2) AS least,
             EXISTS (SELECT FROM g WHERE g.account = y.id AND g.person = :person::uuid) AS mine,
             (SELECT count(DISTINCT g.person) FROM g WHERE g.account = y.id AND g.person <> :person::uuid
                AND still_here(g.person, :now::timestamptz, latest())) AS others
      FROM account_at(:now::timestamptz, latest()) y
      WHERE y.status <> 'retired' AND y.kind <> 'personal_profile'
        AND (y.id IN (SELECT accounts_of(:person::uuid, :now::timestamptz, latest()))
             OR EXISTS (SELECT FROM g WHERE g.account = y.id AND g.person = :person::uuid)
             OR EXISTS (SELECT FROM c WHERE c.account = y.id AND c.person = :person::uuid)))
SELECT r.risk, r.item, ref_of(r.account) AS account, r.why, p.name FROM (
SELECT 'sole_owner' AS risk, ref_of(a.id) AS item, a.id AS account,
       'nobody else has an owner''s role on the platform' AS why
FROM a WHERE a.mine AND a.others = 0
UNION ALL
SELECT 'few_owners', ref_of(a.id), a.id, a.others || CASE WHEN a.others = 1 THEN ' owner would stay where it should be ' ELSE ' owners would stay where it should be ' END || a.least
FROM a WHERE a.mine AND a.others > 0 AND a.others < a.least
UNION ALL
SELECT 'sole_control', ref_of(c.id), c.account, 'no control point of the account is anybody else''s'
FROM c JOIN a ON a.id = c.account WHERE c.person = :person::uuid
  AND NOT EXISTS (SELECT FROM c o WHERE o.account = c.account AND o.id <> c.id AND o.person IS DISTINCT FROM :person::uuid)
UNION ALL
SELECT 'mailbox', ref_of(c.id), c.account, 'the leaver''s mailbox recovers the account: move it before the mailbox is deleted'
FROM c JOIN a ON a.id = c.account WHERE c.person = :person::uuid AND c.kind = 'recovery_mail'
UNION ALL
SELECT 'mailbox', ref_of(a.id), a.id, 'the account was made with the leaver''s mail address: see who owns it there before the mailbox is deleted'
FROM a JOIN title_at(:now::timestamptz, latest()) t ON t.account = a.id JOIN me ON lower(t.mail) = lower(me.email)
UNION ALL
SELECT 'only_secret', ref_of(k.id), k.account, 'nobody else could know the current secret'
FROM credential_at(:now::timestamptz, latest()) k
WHERE k.status = 'active' AND EXISTS (SELECT FROM exposure_at(:now::timestamptz, latest()) x
                  WHERE x.credential = k.id AND x.version = k.version AND x.person = :person::uuid)
  AND NOT EXISTS (SELECT FROM exposure_at(:now::timestamptz, latest()) x
                  WHERE x.credential = k.id AND x.version = k.version AND x.person <> :person::uuid
                    AND still_here(x.person, :now::timestamptz, latest()))
UNION ALL
SELECT 'sole_duty', ref_of(r.id), r.account, 'nobody else does it: ' || r.duty
FROM responsibility_at(:now::timestamptz, latest()) r
WHERE r.person = :person::uuid AND NOT EXISTS (SELECT FROM responsibility_at(:now::timestamptz, latest()) o
                  WHERE o.account = r.account AND o.duty = r.duty AND o.person <> r.person
                    AND still_here(o.person, :now::timestamptz, latest()))
) r LEFT JOIN account_at(:now::timestamptz, latest()) p ON p.id = r.account
ORDER BY 1, 3, 2, 4

--: foreseen_candidates
-- who could take each account of the scope, and why: whoever is in line comes first, as a case that is
-- opened would propose them; then whoever knows the account; then the person's manager
WITH a AS (SELECT x.id FROM case_accounts(case_of(NULL, :kind::text, :person::uuid, NULL, :seat::uuid), :now::timestamptz, latest()) x (id)),
s AS (SELECT y.position, y.person FROM holding_at(:now::timestamptz, latest()) y WHERE y.person <> :person::uuid),
c AS (SELECT h.account, h.position, holder_of(h.position, :now::timestamptz, latest()) AS person, 'in_line' AS why, h.rank AS place
      FROM heir_at(:now::timestamptz, latest()) h WHERE h.account IN (SELECT id FROM a)
      UNION ALL
      SELECT a.id, s.position, s.person, 'succession', 1000 FROM a, succession_at(:now::timestamptz, latest()) x
      JOIN s ON s.person = x.successor WHERE x.person = :person::uuid AND x.ends_on = :last_day::date
      UNION ALL
      SELECT g.account, s.position, s.person, CASE g.level WHEN 'owner' THEN 'owns_it_too' ELSE 'administers_it' END,
             CASE g.level WHEN 'owner' THEN 2000 ELSE 3000 END
      FROM access_grant_at(:now::timestamptz, latest()) g JOIN s ON s.person = g.person
      WHERE g.account IN (SELECT id FROM a) AND g.status = 'active' AND g.level IN ('owner', 'admin')
      UNION ALL
      SELECT k.id, s.position, s.person, 'custodian', 4000 FROM custodian_at(:now::timestamptz, latest()) k
      JOIN s ON s.person = k.person WHERE k.id IN (SELECT id FROM a)
      UNION ALL
      SELECT a.id, s.position, s.person, 'manager', 5000 FROM a, person_at(:now::timestamptz, latest()) p
      JOIN s ON s.person = p.manager WHERE p.id = :person::uuid),
best AS (SELECT DISTINCT ON (c.account, c.person, c.position) c.* FROM c
         WHERE c.person IS NOT NULL AND c.person <> :person::uuid AND stays(c.person, :now::timestamptz, latest())
         ORDER BY c.account, c.person, c.position, c.place),
turn AS (SELECT b.*, row_number() OVER (PARTITION BY b.account ORDER BY b.place, ref_of(b.position), ref_of(b.person)) AS n FROM best b)
SELECT ref_of(t.account) AS account, ref_of(t.person) AS person, ref_of(t.position) AS position, t.why,
       (SELECT p.name FROM person_at(:now::timestamptz, latest()) p WHERE p.id = t.person) AS name
FROM turn t WHERE t.n <= 6 ORDER BY 1, t.n

--: foreseen_takers
-- what was said of who is to take something, as things: people by their key too, or, where that is
-- nobody's, by their name, how a word of it begins, where only they are so called, or their mail address; several
-- is nobody, and who it could be; and whether they could take anything over, from one day until another
SELECT coalesce(p.id, one.id) AS person, coalesce(p.ref, one.ref) AS person_ref, q.id AS position, q.ref AS position_ref, one.could, t.*
FROM unnest(:people::text[], :positions::text[]) WITH ORDINALITY AS s (person, position, n)
LEFT JOIN thing p ON p.noun = 'person' AND (p.ref = s.person OR p.id::text = s.person)
LEFT JOIN thing q ON q.noun = 'position' AND (q.ref = s.position OR q.id::text = s.position)
LEFT JOIN LATERAL (
    WITH found AS (SELECT x.id, ref_of(x.id) AS ref, x.name, said.folded IN (tenure.folded(x.name), lower(x.email)) AS wholly
                   FROM (SELECT tenure.folded(s.person) AS folded) said, person_at(:now::timestamptz, latest()) x
                   WHERE p.id IS NULL AND strpos(' ' || tenure.folded(concat_ws(' ', x.name, x.email)), ' ' || said.folded) > 0
                     AND still_here(x.id, :now::timestamptz, latest())),
    best AS (SELECT f.* FROM found f WHERE f.wholly OR NOT EXISTS (SELECT FROM found o WHERE o.wholly) ORDER BY f.ref LIMIT 6)
    SELECT (SELECT b.id FROM best b WHERE (SELECT count(*) FROM best) = 1) AS id,
           (SELECT b.ref FROM best b WHERE (SELECT count(*) FROM best) = 1) AS ref,
           (SELECT string_agg(b.name || ' (' || b.ref || ')', ', ' ORDER BY b.ref) FROM best b HAVING count(*) > 1) AS could
    ) one ON true
CROSS JOIN LATERAL as_taker(coalesce(p.id, one.id), NULL, :since::date, :until::date, :now::timestamptz, latest()) t
ORDER BY s.n

--: drills_of
SELECT d.id, to_char(d.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS drilled_at, d.last_day::text AS last_day,
       d.accounts, d.steps, d.without_successor, d.at_risk, d.too_late, d.rotations, d.wait_days, d.digest
FROM drill_at(:now::timestamptz, latest()) d WHERE d.person = :person::uuid ORDER BY d.known_from DESC LIMIT 20
