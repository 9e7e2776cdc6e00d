-- Which files show that a secret was changed. What the log has of it already is taken over where the state is live;
-- a replay makes it from the events.
CREATE TABLE rotation_evidence (
    id           uuid NOT NULL,
    credential   uuid NOT NULL REFERENCES thing,
    version      bigint NOT NULL,
    evidence     uuid NOT NULL REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON rotation_evidence (id);
CREATE INDEX ON rotation_evidence (credential);
CREATE INDEX ON rotation_evidence (evidence);
CREATE INDEX ON step_evidence (evidence);
CREATE INDEX ON title_evidence (evidence);

CREATE FUNCTION rotation_evidence_at(at_time timestamptz, at_index bigint) RETURNS SETOF rotation_evidence
LANGUAGE sql STABLE ROWS 1000 AS $$
    SELECT * FROM rotation_evidence WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;

DO $$
BEGIN
    IF current_schema() = 'state' THEN
        INSERT INTO rotation_evidence (id, credential, version, evidence, valid_from, known_from)
        SELECT (x ->> 'id')::uuid, v.credential, v.version, (x ->> 'evidence')::uuid, v.valid_from, d.index
        FROM log.disclosed d
        CROSS JOIN LATERAL (SELECT log.fields(d.fields) -> 'after' AS after) f
        CROSS JOIN LATERAL jsonb_array_elements(f.after -> 'documents') x
        JOIN LATERAL (SELECT DISTINCT y.credential, y.version, y.valid_from FROM credential_version y
                      WHERE y.credential = (f.after ->> 'credential')::uuid
                        AND y.version = (f.after ->> 'version')::bigint AND y.known_from = d.index) v ON true
        WHERE d.type = 'credential.rotated';
    END IF;
END $$;
