-- Random registries: rows of every table that gaps are made of, some of another time, some known otherwise before. What is
-- found from what few have is compared with what is found by looking at all.

CREATE SCHEMA dice;
CREATE FUNCTION dice.at(days double precision) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2026-06-01 12:00Z'::timestamptz + days * interval '1 day' $$;
CREATE FUNCTION dice.below(n int) RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT floor(random() * n)::int $$;
CREATE FUNCTION dice.one(VARIADIC words text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT words[1 + dice.below(cardinality(words))] $$;
CREATE FUNCTION dice.id(noun text, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5(noun || n)::uuid $$;
CREATE FUNCTION dice.some(noun text, n int) RETURNS uuid LANGUAGE sql VOLATILE AS $$ SELECT dice.id(noun, dice.below(n)) $$;
CREATE FUNCTION dice.maybe(chance double precision, said text) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT CASE WHEN random() < chance THEN said END $$;

-- Versions of a row, one after another in time; where it may, the last ends. Each may have been known otherwise until entry 5.
-- fields: what makes the columns of a version, as a query of one jsonb.
CREATE FUNCTION dice.versions(tbl text, row_id uuid, ends boolean, fields text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    cuts timestamptz[] := ARRAY(SELECT dice.at(round(random() * 400 - 300)) FROM generate_series(0, dice.below(3)) ORDER BY 1);
    made jsonb;
BEGIN
    cuts := ARRAY(SELECT DISTINCT c FROM unnest(cuts) c ORDER BY 1);
    FOR k IN 1 .. cardinality(cuts) LOOP
        CONTINUE WHEN k > 1 AND ends AND k = cardinality(cuts) AND random() < 0.5;
        FOR version IN 1 .. 1 + (random() < 0.3)::int LOOP
            EXECUTE fields INTO made;
            EXECUTE format('INSERT INTO state.%1$I SELECT * FROM jsonb_populate_record(NULL::state.%1$I, $1)', tbl)
            USING made || jsonb_build_object('id', row_id, 'valid_from', cuts[k],
                'valid_to', coalesce(cuts[k + 1]::text, 'infinity'), 'known_from', CASE version WHEN 1 THEN 5 ELSE 1 END,
                'known_to', CASE version WHEN 1 THEN 9223372036854775807 ELSE 5 END);
        END LOOP;
    END LOOP;
END $$;
CREATE FUNCTION dice.things(noun text, n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO state.thing (id, noun, ref, tag, known_from)
    SELECT dice.id(noun, k), noun, left(noun, 2) || k, CASE noun WHEN 'account' THEN decode(md5(dice.below(40)::text), 'hex') END, 1
    FROM generate_series(0, n - 1) k
$$;

-- 6 units, 10 people, 8 positions, 20 accounts, 4 stores and 12 secrets.
CREATE FUNCTION dice.throw(seed int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t text;
BEGIN
    PERFORM setseed(seed / 1000.0);
    FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'state'::regnamespace AND c.relkind = 'r' LOOP
        EXECUTE format('DELETE FROM state.%I', t);
    END LOOP;
    PERFORM dice.things('unit', 6), dice.things('person', 10), dice.things('position', 8), dice.things('account', 20),
            dice.things('store', 4), dice.things('credential', 12), dice.things('grant', 60), dice.things('handover', 3), dice.things('token', 3), dice.things('control', 20);
    FOR k IN 0 .. 5 LOOP
        PERFORM dice.versions('unit', dice.id('unit', k), false, format($f$SELECT jsonb_build_object('name', 'u', 'status', 'active',
            'parent', CASE WHEN %s > 2 THEN dice.id('unit', %s - 3) END, 'max_age_days', dice.maybe(0.1, '90'))$f$, k, k));
    END LOOP;
    FOR k IN 0 .. 9 LOOP
        PERFORM dice.versions('person', dice.id('person', k), false, format($f$SELECT jsonb_build_object('name', 'p', 'external', false,
            'kind', CASE WHEN %s = 9 THEN 'service' ELSE 'person' END, 'unit', dice.some('unit', 6),
            'status', dice.one('active', 'active', 'active', 'mover', 'leaver', 'left', 'deceased'),
            'last_day', dice.maybe(0.7, (dice.at(dice.below(200) - 100))::date::text))$f$, k));
    END LOOP;
    FOR k IN 0 .. 7 LOOP
        PERFORM dice.versions('position', dice.id('position', k), false, $f$SELECT jsonb_build_object('title', 't', 'status', 'active', 'unit', dice.some('unit', 6))$f$);
        IF random() < 0.8 THEN
            PERFORM dice.versions('holding', dice.id('holding', k), true, format($f$SELECT jsonb_build_object('position', dice.id('position', %s), 'person', dice.some('person', 10))$f$, k));
        END IF;
        IF random() < 0.2 THEN
            PERFORM dice.versions('holding', dice.id('holding', 100 + k), true, format($f$SELECT jsonb_build_object('position', dice.id('position', %s), 'person', dice.some('person', 10))$f$, k));
        END IF;
    END LOOP;
    FOR k IN 0 .. 19 LOOP
        PERFORM dice.versions('account', dice.id('account', k), false, $f$SELECT jsonb_build_object('platform', dice.one('twitter', 'facebook'),
            'kind', dice.one('profile', 'profile', 'page', 'mailbox', 'personal_profile'), 'name', 'a', 'unit', dice.some('unit', 6), 'tag_id', 't',
            'min_owners', dice.maybe(0.2, (1 + dice.below(3))::text), 'status', dice.one('active', 'active', 'active', 'frozen', 'retired'))$f$);
        PERFORM dice.versions('identifier', dice.id('identifier', k), true, format($f$SELECT jsonb_build_object('account', dice.id('account', %s),
            'platform', dice.one('twitter', 'facebook'), 'kind', dice.one('handle', 'handle', 'vanity_url'), 'value', dice.one('Acme', 'acme', '') || dice.below(12))$f$, k));
        IF random() < 0.8 THEN
            PERFORM dice.versions('owner', dice.id('account', k), true, $f$SELECT jsonb_build_object('position', dice.some('position', 8),
                'accepted_by', CASE WHEN random() < 0.7 THEN dice.some('person', 10) END)$f$);
        END IF;
        FOR link IN 0 .. dice.below(3) - 1 LOOP
            PERFORM dice.versions('title', dice.id('title' || link, k), false, format($f$SELECT jsonb_build_object('account', dice.id('account', %s), 'link', %s,
                'holder', dice.some('unit', 6), 'status', dice.one('asserted', 'evidenced', 'countersigned', 'disputed'), 'claimant', 'c')$f$, k, link));
        END LOOP;
        IF random() < 0.1 THEN
            PERFORM dice.versions('unrecovered', dice.id('account', k), true, $f$SELECT jsonb_build_object('handover', dice.some('handover', 3),
                'residual', 'r', 'compensating', 'c', 'review_on', '2026-07-01')$f$);
        END IF;
        IF random() < 0.4 THEN
            PERFORM dice.versions('heir', dice.id('heir', k), true, format($f$SELECT jsonb_build_object('account', dice.id('account', %s), 'position', dice.some('position', 8), 'rank', 1)$f$, k));
        END IF;
        IF random() < 0.5 THEN
            PERFORM dice.versions('control_point', dice.id('control', k), true, format($f$SELECT jsonb_build_object('account', dice.id('account', %s), 'kind', 'recovery_mail',
                'person', dice.some('person', 10), 'via', CASE WHEN random() < 0.5 THEN dice.some('account', 20) END, 'status', dice.one('active', 'active', 'retired'))$f$, k));
        END IF;
        IF random() < 0.1 THEN
            PERFORM dice.versions('custodian', dice.id('account', k), true, $f$SELECT jsonb_build_object('person', dice.some('person', 10))$f$);
        END IF;
    END LOOP;
    FOR k IN 0 .. 59 LOOP
        PERFORM dice.versions('access_grant', dice.id('grant', k), true, format($f$SELECT jsonb_build_object(
            'account', CASE WHEN %1$s %% 5 > 0 THEN dice.id('account', %1$s %% 17) END, 'store', CASE WHEN %1$s %% 5 = 0 THEN dice.id('store', %1$s %% 4) END,
            'person', CASE WHEN %1$s %% 11 > 0 THEN dice.some('person', 10) END, 'entity', CASE WHEN %1$s %% 11 = 0 THEN dice.some('unit', 6) END,
            'role', 'r', 'level', dice.one('owner', 'owner', 'admin', 'other'), 'through', 'direct', 'via', dice.maybe(0.2, 'ac' || dice.below(20)),
            'status', dice.one('active', 'active', 'active', 'active', 'invited', 'suspended', 'revocation_requested', 'revoked_unconfirmed', 'revoked'),
            'ends_at', dice.maybe(0.2, dice.at(dice.below(200) - 100)::text), 'revoked_at', dice.at(-50))$f$, k));
    END LOOP;
    FOR k IN 0 .. 3 LOOP
        PERFORM dice.versions('store', dice.id('store', k), false, $f$SELECT jsonb_build_object('name', 's', 'kind', 'vault', 'unit', dice.some('unit', 6), 'status', 'active')$f$);
    END LOOP;
    FOR k IN 0 .. 11 LOOP
        PERFORM dice.versions('credential', dice.id('credential', k), false, format($f$SELECT jsonb_build_object('account', CASE WHEN %1$s %% 3 > 0 THEN dice.id('account', %1$s) END,
            'store', CASE WHEN %1$s %% 3 < 2 THEN dice.some('store', 4) END, 'person', CASE WHEN random() < 0.1 THEN dice.some('person', 10) END, 'kind', 'password', 'shared', true,
            'exposure', dice.one('known', 'known', 'known', 'unknown'), 'version', 1 + dice.below(2), 'status', dice.one('active', 'active', 'active', 'retired'),
            'expires_on', dice.maybe(0.2, dice.at(dice.below(100) - 50)::date::text), 'lead_days', dice.maybe(0.3, '30'), 'asked', dice.maybe(0.1, 'a'),
            'changed_on', dice.maybe(0.5, dice.at(-dice.below(200))::date::text), 'compromised', dice.maybe(0.1, 'c'))$f$, k));
        FOR version IN 1 .. 2 LOOP
            INSERT INTO state.credential_version (id, credential, version, valid_from, known_from)
            VALUES (dice.id('version' || version, k), dice.id('credential', k), version, dice.at(version * 50 - 200), 1);
        END LOOP;
        FOR n IN 0 .. dice.below(3) - 1 LOOP
            PERFORM dice.versions('exposure', dice.id('exposure' || n, k), true, format($f$SELECT jsonb_build_object('credential', dice.id('credential', %s), 'version', 1 + dice.below(2),
                'person', dice.some('person', 10), 'how', 'store')$f$, k));
        END LOOP;
        IF random() < 0.2 THEN
            PERFORM dice.versions('glass_break', dice.id('glass', k), true, format($f$SELECT jsonb_build_object('credential', dice.id('credential', %s), 'version', 1, 'entry', 3,
                'person', dice.id('person', 1), 'recorded_by', dice.id('person', 2), 'broken_at', dice.at(-20), 'reason', 'r',
                'reviewed_by', dice.id('person', 3), 'finding', 'justified') || CASE WHEN random() < 0.6 THEN '{"reviewed_by": null, "finding": null}'::jsonb ELSE '{}' END$f$, k));
        END IF;
    END LOOP;
    FOR k IN 0 .. 2 LOOP
        PERFORM dice.versions('handover', dice.id('handover', k), false, format($f$SELECT jsonb_build_object('person', dice.id('person', %s), 'kind', dice.one('leaver', 'leaver', 'death'),
            'state', dice.one('in_progress', 'completed', 'cancelled'), 'last_day', '2026-06-10', 'zone', 'UTC', 'lead', dice.id('person', 8), 'reopened', 0)
            || CASE WHEN random() < 0.3 THEN jsonb_build_object('hostile_at', dice.at(-10), 'hostile_by', dice.id('person', 8), 'hostile_reference', 'h', 'confirm_by', dice.at(5)) ELSE '{}' END$f$, k));
        PERFORM dice.versions('token', dice.id('token', k), true, format($f$SELECT jsonb_build_object('person', dice.id('person', 9), 'issuer', dice.some('person', 9), 'digest', 'd%s',
            'expires_at', dice.at(dice.below(200) - 50))$f$, k));
    END LOOP;
    INSERT INTO state.playbook (id, platform, version, digest, content, valid_from, known_from)
    VALUES (dice.id('playbook', 0), 'facebook', 1, 'd', '{"kind": "page", "tenure": {"platform": "facebook", "days": 60}}', dice.at(-900), 1);
    INSERT INTO state.wanting SELECT * FROM wants(ARRAY(SELECT t.id FROM state.thing t));
END $$;

-- All keys of a kind, by pages of two.
CREATE FUNCTION dice.paged(wanted text, everything boolean, units uuid[], who uuid, under uuid, about uuid, at_time timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    keys text[] := '{}';
    page text[];
BEGIN
    LOOP
        page := ARRAY(SELECT x.key FROM gaps_of(wanted, coalesce(keys[cardinality(keys)], ''), 2, false, everything, units, who, under, about, at_time, latest()) x
                      ORDER BY x.key LIMIT 2);
        keys := keys || page;
        EXIT WHEN cardinality(page) < 2 OR cardinality(keys) > 1000;
    END LOOP;
    RETURN keys;
END $$;
-- What differs, of one time and one reader; and how many were compared.
CREATE FUNCTION dice.differs(at_time timestamptz, everything boolean, units uuid[], who uuid, under uuid, about uuid, OUT n bigint, OUT say text) LANGUAGE plpgsql AS $$
DECLARE
    k record;
    got text[];
    said bigint;
BEGIN
    n := 0;
    FOR k IN SELECT g.risk, ARRAY(SELECT s.key FROM dice.f s WHERE s.risk = g.risk ORDER BY s.key) AS keys
             FROM gap_kinds() g LOOP
        got := dice.paged(k.risk, everything, units, who, under, about, at_time);
        said := coalesce((SELECT x.n FROM gaps_of(k.risk, '', 2, true, everything, units, who, under, about, at_time, latest()) x), 0);
        n := n + cardinality(k.keys);
        IF got <> k.keys OR said <> cardinality(k.keys) THEN
            say := concat_ws(' ', k.risk, at_time, everything, units, who, under, about, 'counted', said, 'found', got, 'there are', k.keys);
            RETURN;
        END IF;
    END LOOP;
END $$;
CREATE TABLE dice.f (risk text, key text);
CREATE FUNCTION dice.look(seed int, OUT n bigint, OUT say text) LANGUAGE plpgsql SET search_path = state, log, tenure, public AS $$
DECLARE
    r record;
    d record;
BEGIN
    PERFORM dice.throw(seed);
    n := 0;
    FOR r IN SELECT * FROM (VALUES (-120), (0), (60)) t (day),
             (VALUES (true, '{}'::uuid[], NULL::uuid, NULL::uuid, NULL::uuid), (false, ARRAY[dice.id('unit', 1)], NULL, NULL, NULL),
                     (false, '{}', dice.id('person', 3), NULL, NULL), (true, '{}', NULL, dice.id('unit', 2), NULL),
                     (true, '{}', NULL, NULL, dice.id('person', 2))) w (everything, units, who, under, about) LOOP
        DELETE FROM dice.f;
        INSERT INTO dice.f SELECT s.risk, s.key FROM gaps_seen(r.everything, r.units, r.who, r.under, r.about, dice.at(r.day), latest()) s;
        SELECT * INTO d FROM dice.differs(dice.at(r.day), r.everything, r.units, r.who, r.under, r.about);
        n := n + d.n;
        say := d.say;
        EXIT WHEN say IS NOT NULL;
    END LOOP;
END $$;
