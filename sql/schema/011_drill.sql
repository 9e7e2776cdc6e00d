-- A handover that was only played through: its numbers, to compare the next one with.
CREATE TABLE drill (
    id           uuid NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    last_day     date NOT NULL,
    accounts     bigint NOT NULL,
    steps        bigint NOT NULL,
    without_successor bigint NOT NULL,
    at_risk      bigint NOT NULL,
    too_late     bigint NOT NULL,
    rotations    bigint NOT NULL,
    wait_days    bigint NOT NULL,
    digest       text NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON drill (id);
CREATE INDEX ON drill (person);

CREATE FUNCTION drill_at(at_time timestamptz, at_index bigint) RETURNS SETOF drill LANGUAGE sql STABLE ROWS 1000 AS $$
    SELECT * FROM drill WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;
