-- Where people work: the zone of their days, their weekend, their holidays, when work stops.

CREATE TABLE place (
    id           uuid NOT NULL REFERENCES thing,
    name         text NOT NULL,
    zone         text NOT NULL,
    weekend      text[],
    cutoff       text[],
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON place (id);
CREATE TABLE holiday (
    id           uuid NOT NULL,
    place        uuid NOT NULL REFERENCES thing,
    day          date NOT NULL,
    name         text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON holiday (id);
CREATE INDEX ON holiday (place, day);
CREATE UNIQUE INDEX one_holiday_a_day ON holiday (place, day)
    WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';

ALTER TABLE person ADD COLUMN place uuid REFERENCES thing;
ALTER TABLE unit ADD COLUMN place uuid REFERENCES thing;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['place', 'holiday'] LOOP
        EXECUTE format('CREATE FUNCTION %I(at_time timestamptz, at_index bigint) RETURNS SETOF %I
                        LANGUAGE sql STABLE ROWS 1000 AS
                        ''SELECT * FROM %I WHERE known_from <= at_index AND at_index < known_to
                          AND valid_from <= at_time AND at_time < valid_to''', t || '_at', t, t);
    END LOOP;
END $$;
