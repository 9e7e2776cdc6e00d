-- The fold itself: an event goes to the function of its type, in order; a function that takes an
-- array gets all of its type that follow one another. Made from the catalogue, so that a type
-- cannot be forgotten; a type without a function is refused.

DROP FUNCTION IF EXISTS fold(event); -- until 2026-11-28 it took one event

DO $$
DECLARE
    here regnamespace := current_schema()::regnamespace;
    cases text;
BEGIN
    SELECT string_agg(format(E'        WHEN %L THEN %s%s', p.proname,
                             CASE WHEN p.proname ~ '^(account_|identifier_|title_|owner_|position_|person_left|person_notice_withdrawn)'
                                    OR p.proname ~ '^grant_(changed|revo)' THEN 'noted := true; ' END,
                             format(CASE WHEN p.proargtypes[0] = t.typarray THEN 'PERFORM %I(es[i:j]);'
                                    ELSE 'FOR k IN i..j LOOP PERFORM %I(es[k]); END LOOP;' END,
                                    p.proname)), E'\n' ORDER BY p.proname) INTO cases
    FROM pg_proc p, pg_type t
    WHERE p.pronamespace = here AND p.pronargs = 1 AND t.typname = 'event' AND t.typnamespace = here
      AND p.proargtypes[0] IN (t.oid, t.typarray)
      AND p.prorettype = 'void'::regtype AND p.proname NOT IN ('fold', 'identifier_replaced', 'step_documents', 'account_recovered');
    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION fold(es event[]) RETURNS void LANGUAGE plpgsql AS $fold$
        DECLARE
            n int := cardinality(es);
            i int := 1;
            j int;
            noted boolean := false;
        BEGIN
            WHILE i <= n LOOP
                j := i;
                WHILE j < n AND (es[j + 1]).type = (es[i]).type LOOP
                    j := j + 1;
                END LOOP;
                CASE replace((es[i]).type, '.', '_')
        %s
                ELSE RAISE EXCEPTION 'no fold for the event type %%', (es[i]).type;
                END CASE;
                i := j + 1;
            END LOOP;
            IF noted THEN
                PERFORM want_anew(wants_touched(es));
            END IF;
        END $fold$ $f$, cases);
END $$;
