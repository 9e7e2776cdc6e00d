-- Accounts, their identifiers and their title.

CREATE OR REPLACE FUNCTION account_registered(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a uuid := id_of(e, 'account');
    i jsonb;
BEGIN
    INSERT INTO thing (id, noun, ref, tag, known_from)
    VALUES (a, 'account', e.after ->> 'ref',
            decode(rpad(translate(e.after ->> 'tag', '-_', '+/'), 44, '='), 'base64'), e.index);
    INSERT INTO account (id, platform, kind, name, url, unit, parent, language, purpose, min_owners,
                         contested, note, tag_id, status, valid_from, known_from)
    VALUES (a, e.after ->> 'platform', e.after ->> 'kind', e.after ->> 'name', e.after ->> 'url',
            (e.after ->> 'unit')::uuid, (e.after ->> 'parent')::uuid, e.after ->> 'language',
            e.after ->> 'purpose', (e.after ->> 'min_owners')::int, e.after ->> 'contested',
            e.after ->> 'note', e.after ->> 'tag_id', coalesce(e.after ->> 'status', 'active'),
            e.effective_at, e.index);
    FOR i IN SELECT * FROM jsonb_array_elements(coalesce(e.after -> 'identifiers', '[]')) LOOP
        INSERT INTO identifier (id, account, platform, kind, value, valid_from, valid_to, known_from)
        VALUES ((i ->> 'id')::uuid, a, e.after ->> 'platform', i ->> 'kind', i ->> 'value',
                e.effective_at, coalesce((i ->> 'until')::timestamptz, 'infinity'), e.index);
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION account_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'account', id_of(e, 'account'), changes(e, 'account'))
$$;
CREATE OR REPLACE FUNCTION account_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'account', id_of(e, 'account'), '{"status": "retired"}')
$$;

-- The old identifier ends where the new one begins.
CREATE OR REPLACE FUNCTION identifier_replaced(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM finish(e, 'identifier', (e.before ->> 'identifier')::uuid);
    PERFORM put(e, 'identifier', id_of(e, 'identifier'));
END $$;
CREATE OR REPLACE FUNCTION account_handle_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT identifier_replaced(e)
$$;
CREATE OR REPLACE FUNCTION account_handle_recased(e event) RETURNS void LANGUAGE sql AS $$
    SELECT identifier_replaced(e)
$$;
CREATE OR REPLACE FUNCTION identifier_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'identifier', id_of(e, 'identifier'))
$$;
CREATE OR REPLACE FUNCTION identifier_recycled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'identifier', id_of(e, 'identifier'))
$$;
CREATE OR REPLACE FUNCTION identifier_ended(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'identifier', id_of(e, 'identifier'))
$$;

-- ---- Title ---------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION title_attach(e event, title_id uuid) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'title_evidence', (d ->> 'id')::uuid,
               jsonb_build_object('title', title_id, 'evidence', d -> 'evidence'))
    FROM jsonb_array_elements(coalesce(e.after -> 'documents', '[]')) d
$$;
CREATE OR REPLACE FUNCTION title_asserted(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'title', id_of(e, 'title'), jsonb_build_object(
        'status', CASE WHEN e.after ? 'documents' THEN 'evidenced' ELSE 'asserted' END));
    SELECT title_attach(e, id_of(e, 'title'))
$$;
-- Whoever countersigned has not seen what is added after: it must be countersigned again.
CREATE OR REPLACE FUNCTION title_evidenced(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM revise(e, 'title', id_of(e, 'title'), '{"status": "evidenced", "countersigned_by": null}')
    FROM title_at(e.effective_at, e.index) t
    WHERE t.id = id_of(e, 'title') AND t.status IN ('asserted', 'countersigned');
    PERFORM title_attach(e, id_of(e, 'title'));
END $$;
CREATE OR REPLACE FUNCTION title_countersigned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'title', id_of(e, 'title'), jsonb_build_object(
        'status', 'countersigned', 'countersigned_by', e.initiator))
$$;
CREATE OR REPLACE FUNCTION title_disputed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'title', id_of(e, 'title'), jsonb_build_object(
        'status', 'disputed', 'claimant', e.after -> 'claimant'))
$$;
CREATE OR REPLACE FUNCTION title_settled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'title', id_of(e, 'title'), jsonb_build_object(
        'status', CASE WHEN EXISTS (SELECT FROM title_evidence_at(e.effective_at, e.index) d
                                    WHERE d.title = id_of(e, 'title'))
                  THEN 'evidenced' ELSE 'asserted' END, 'claimant', NULL, 'countersigned_by', NULL))
$$;
-- A new link of the chain; the links before it stay.
CREATE OR REPLACE FUNCTION title_transferred(e event) RETURNS void LANGUAGE sql AS $$
    SELECT title_asserted(e)
$$;
CREATE OR REPLACE FUNCTION evidence_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'evidence', id_of(e, 'evidence'));
    SELECT put(e, 'evidence', id_of(e, 'evidence'))
$$;
