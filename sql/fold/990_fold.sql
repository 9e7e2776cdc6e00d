-- The fold itself: an event goes to the function of its type. Made from the catalogue, so that a
-- type cannot be forgotten; a type without a function is refused.

DO $$
DECLARE
    cases text;
BEGIN
    SELECT string_agg(format(E'    WHEN %L THEN PERFORM %I(e);', p.proname, p.proname), E'\n'
                      ORDER BY p.proname) INTO cases
    FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND p.pronargs = 1
      AND p.proargtypes[0] = (SELECT t.oid FROM pg_type t WHERE t.typname = 'event'
                              AND t.typnamespace = current_schema()::regnamespace)
      AND p.prorettype = 'void'::regtype AND p.proname NOT IN ('fold', 'identifier_replaced');
    EXECUTE format($f$
        CREATE OR REPLACE FUNCTION fold(e event) RETURNS void LANGUAGE plpgsql AS $fold$
        BEGIN
            CASE replace(e.type, '.', '_')
        %s
            ELSE RAISE EXCEPTION 'no fold for the event type %%', e.type;
            END CASE;
        END $fold$ $f$, cases);
END $$;
