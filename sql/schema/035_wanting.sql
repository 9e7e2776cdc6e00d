-- What is missing is found without reading all that is there: of each account and position that wants something there is a
-- row, by what is known now and holds for good. Whatever is known to change later is found by when it does. A row follows
-- from the rows of the other tables alone, so that it is the same whenever it is made; sql/fold/080_wanting.sql keeps it.
CREATE TABLE wanting (
    id           uuid PRIMARY KEY,
    ref          text NOT NULL,    -- its key, in whose order lists go
    owner        boolean NOT NULL, -- no position answers for it
    owners       boolean NOT NULL, -- somebody has access, and fewer than should have an owner's role on the platform
    title        boolean NOT NULL, -- nobody has recorded whose it is, or with which document
    twin         boolean NOT NULL, -- another account has its tag, or had its handle once
    holder       boolean NOT NULL  -- a position that nobody holds
);
CREATE INDEX wanting_owner ON wanting (ref) WHERE owner;
CREATE INDEX wanting_owners ON wanting (ref) WHERE owners;
CREATE INDEX wanting_title ON wanting (ref) WHERE title;
CREATE INDEX wanting_twin ON wanting (ref) WHERE twin;
CREATE INDEX wanting_holder ON wanting (ref) WHERE holder;

-- What of these wants something. An account that is not in use any more wants nothing. By indexes, whatever is known of how
-- much there is: a plan may be from when all was empty. OFFSET keeps what is an account's from being looked for by its status.
CREATE FUNCTION wants(ids uuid[]) RETURNS SETOF wanting LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    RETURN QUERY SELECT w.* FROM (
        SELECT t.id, t.ref,
               NOT EXISTS (SELECT FROM owner o WHERE o.id = t.id AND o.known_to = 9223372036854775807 AND o.valid_to = 'infinity') AS owner,
               EXISTS (SELECT FROM access_grant g WHERE g.account = t.id)
                   AND (SELECT count(DISTINCT g.person) FROM (SELECT * FROM access_grant y WHERE y.account = t.id OFFSET 0) g
                        WHERE g.level = 'owner' AND g.status = 'active' AND g.known_to = 9223372036854775807 AND g.valid_to = 'infinity')
                     < (SELECT max(coalesce(a.min_owners, 2)) FROM account a WHERE a.id = t.id AND a.known_to = 9223372036854775807) AS owners,
               coalesce((SELECT l.status FROM title l WHERE l.account = t.id AND l.known_to = 9223372036854775807 AND l.valid_to = 'infinity'
                         ORDER BY l.link DESC LIMIT 1), 'asserted') = 'asserted' AS title,
               EXISTS (SELECT FROM thing n WHERE n.tag = t.tag AND n.id <> t.id)
                   OR EXISTS (SELECT FROM (SELECT * FROM identifier y WHERE y.account = t.id OFFSET 0) i CROSS JOIN LATERAL (
                                  SELECT * FROM identifier y WHERE y.platform = i.platform AND lower(y.value) = lower(i.value) OFFSET 0) j
                              WHERE i.kind = 'handle' AND i.known_to = 9223372036854775807
                                AND j.account <> i.account AND j.kind = 'handle' AND j.known_to = 9223372036854775807) AS twin,
               false AS holder
        FROM unnest(ids) u (id) JOIN thing t ON t.id = u.id
        WHERE t.noun = 'account' AND NOT EXISTS (
            SELECT FROM account a WHERE a.id = t.id AND a.known_to = 9223372036854775807 AND a.valid_to = 'infinity'
               AND (a.status = 'retired' OR a.kind = 'personal_profile'))
        UNION ALL
        SELECT t.id, t.ref, false, false, false, false, true
        FROM unnest(ids) u (id) JOIN thing t ON t.id = u.id
        WHERE t.noun = 'position' AND NOT EXISTS (
            SELECT FROM holding h WHERE h.position = t.id AND h.known_to = 9223372036854775807 AND h.valid_to = 'infinity')) w
    WHERE w.owner OR w.owners OR w.title OR w.twin OR w.holder;
END $$;

-- What is known to begin later; and what few accounts have at any time, by when it ends.
CREATE INDEX account_begins ON account (valid_from);
CREATE INDEX owner_begins ON owner (valid_from);
CREATE INDEX title_begins ON title (valid_from);
CREATE INDEX holding_begins ON holding (valid_from);
CREATE INDEX person_begins ON person (valid_from);
CREATE INDEX person_service ON person (id) WHERE kind <> 'person';
CREATE INDEX owner_unaccepted ON owner (valid_to) WHERE accepted_by IS NULL AND known_to = 9223372036854775807;
CREATE INDEX owner_accepted ON owner (position, accepted_by) WHERE accepted_by IS NOT NULL AND known_to = 9223372036854775807;
CREATE INDEX title_disputed ON title (valid_to) WHERE status = 'disputed' AND known_to = 9223372036854775807;
CREATE INDEX access_grant_ends ON access_grant (ends_at, valid_to) WHERE ends_at IS NOT NULL AND status = 'active' AND known_to = 9223372036854775807;
CREATE INDEX access_grant_unconfirmed ON access_grant (valid_to) WHERE status = 'revoked_unconfirmed' AND known_to = 9223372036854775807;
CREATE INDEX access_grant_begins ON access_grant (valid_from) WHERE level = 'owner';
CREATE INDEX access_grant_via ON access_grant (via) WHERE via IS NOT NULL;
CREATE INDEX account_gone_mailbox ON account (valid_to) WHERE kind = 'mailbox' AND status = 'retired' AND known_to = 9223372036854775807;
CREATE INDEX glass_break_unreviewed ON glass_break (valid_to) WHERE reviewed_by IS NULL AND known_to = 9223372036854775807;

DO $$
BEGIN
    IF current_schema() = 'state' THEN
        INSERT INTO wanting SELECT * FROM wants(ARRAY(SELECT t.id FROM thing t WHERE t.noun IN ('account', 'position')));
    END IF;
END $$;
