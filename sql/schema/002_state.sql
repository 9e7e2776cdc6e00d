-- The state: a fold of the log, made by the functions in sql/fold and by nothing else. No name here
-- carries a schema: the service works in the schema `state`, the audit replays into one of its own.
--
-- Every row says since when it was true (valid_from, valid_to: half open) and since which entry of
-- the log it was known (known_from, known_to: indexes, half open). Nothing is overwritten: a change
-- ends what was known and adds what is known now. `account_at(time, index)` and its like give what
-- was true at a time as known at an index.

CREATE TABLE span (
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz NOT NULL DEFAULT 'infinity',
    known_from   bigint NOT NULL,
    known_to     bigint NOT NULL DEFAULT 9223372036854775807,
    CHECK (valid_from < valid_to),
    CHECK (known_from < known_to)
);

CREATE TYPE event AS (
    index        bigint,
    type         text,
    recorded_at  timestamptz,
    effective_at timestamptz,
    initiator    uuid,
    before       jsonb,
    after        jsonb,
    reason       text,
    evidence     jsonb
);

-- Everything that has a name of its own (ref), by noun: what a word on the command line means.
CREATE TABLE thing (
    id           uuid PRIMARY KEY,
    noun         text NOT NULL,
    ref          text NOT NULL,
    tag          bytea,
    known_from   bigint NOT NULL,
    UNIQUE (noun, ref)
);
CREATE INDEX ON thing (tag);

CREATE TABLE service (
    id           uuid NOT NULL,
    origin       text NOT NULL,
    vkey         text NOT NULL,
    tag_key      text NOT NULL,
    LIKE span INCLUDING ALL
);

-- ---- Who -----------------------------------------------------------------------------------------

CREATE TABLE entity (
    id           uuid NOT NULL REFERENCES thing,
    name         text NOT NULL,
    kind         text NOT NULL,
    country      text,
    registration text,
    note         text,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE TABLE unit (
    id           uuid NOT NULL REFERENCES thing,
    name         text NOT NULL,
    parent       uuid REFERENCES thing,
    entity       uuid REFERENCES thing,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE TABLE position (
    id           uuid NOT NULL REFERENCES thing,
    title        text NOT NULL,
    unit         uuid REFERENCES thing,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE TABLE person (
    id           uuid NOT NULL REFERENCES thing,
    name         text,
    email        text,
    phone        text,
    zone         text,
    employer     uuid REFERENCES thing,
    manager      uuid REFERENCES thing,
    unit         uuid REFERENCES thing,
    external     boolean NOT NULL DEFAULT false,
    last_day     date,
    status       text NOT NULL
                 CHECK (status IN ('joiner', 'active', 'mover', 'leaver', 'left', 'deceased')),
    LIKE span INCLUDING ALL
);
CREATE TABLE holding (
    id           uuid NOT NULL,
    position     uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    basis        text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON holding (position);
CREATE INDEX ON holding (person);
CREATE TABLE succession (
    id           uuid NOT NULL,
    position     uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    ends_on      date,
    basis        text,
    successor    uuid REFERENCES thing,
    starts_on    date,
    cause        text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON succession (person);
CREATE TABLE role_grant (
    id           uuid NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    role         text NOT NULL,
    unit         uuid REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON role_grant (person);
CREATE TABLE invitation (
    id           uuid NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    code         text NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_by      uuid,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON invitation (code);
CREATE TABLE key (
    id           uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    public_key   text NOT NULL,
    fingerprint  text NOT NULL,
    label        text,
    revoked      bigint,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON key (person);
CREATE UNIQUE INDEX ON key (fingerprint) WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';

-- What concerns a person, an account or a handover must not be erased.
CREATE TABLE hold (
    id           uuid NOT NULL REFERENCES thing,
    person       uuid REFERENCES thing,
    account      uuid REFERENCES thing,
    handover     uuid REFERENCES thing,
    reference    text NOT NULL,
    reason       text NOT NULL,
    CHECK (num_nonnulls(person, account, handover) = 1),
    LIKE span INCLUDING ALL
);
-- What was erased: how many fields of the log, and the SHA-256 of the files.
CREATE TABLE erasure (
    id           uuid NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    fields       int NOT NULL,
    files        text[] NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON erasure (person);

-- ---- What ----------------------------------------------------------------------------------------

CREATE TABLE account (
    id           uuid NOT NULL REFERENCES thing,
    platform     text NOT NULL,
    kind         text NOT NULL,
    name         text,
    url          text,
    unit         uuid REFERENCES thing,
    parent       uuid REFERENCES thing,
    language     text,
    purpose      text,
    min_owners   int,
    contested    text,
    note         text,
    tag_id       text NOT NULL,
    status       text NOT NULL CHECK (status IN ('discovered', 'registered', 'active', 'frozen',
                     'in_handover', 'disputed', 'compromised', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON account (unit);
CREATE INDEX ON account (parent) WHERE parent IS NOT NULL;
CREATE TABLE identifier (
    id           uuid NOT NULL,
    account      uuid NOT NULL REFERENCES thing,
    platform     text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('handle', 'vanity_url', 'platform_uid', 'legacy_id')),
    value        text NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON identifier (account);
CREATE INDEX ON identifier (platform, lower(value));
CREATE TABLE title (
    id           uuid NOT NULL,
    account      uuid NOT NULL REFERENCES thing,
    link         int NOT NULL CHECK (link >= 0),
    holder       uuid NOT NULL REFERENCES thing,
    from_holder  uuid REFERENCES thing,
    status       text NOT NULL CHECK (status IN ('asserted', 'evidenced', 'countersigned', 'disputed')),
    since        date,
    created_by   text,
    mail         text,
    phone        text,
    capacity     text,
    device       text,
    card         text,
    duty         text,
    contract     text,
    clause       text,
    note         text,
    claimant     text,
    countersigned_by uuid REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE UNIQUE INDEX ON title (account, link) WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';
CREATE TABLE title_evidence (
    id           uuid NOT NULL,
    title        uuid NOT NULL,
    account      uuid NOT NULL REFERENCES thing,
    evidence     uuid NOT NULL REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON title_evidence (title);
CREATE TABLE evidence (
    id           uuid NOT NULL REFERENCES thing,
    sha256       text NOT NULL,
    size         bigint NOT NULL,
    media_type   text NOT NULL,
    name         text,
    note         text,
    LIKE span INCLUDING ALL
);

-- ---- Who holds what ------------------------------------------------------------------------------

-- id is the account's: so there is one accountable owner at a time.
CREATE TABLE owner (
    id           uuid NOT NULL REFERENCES thing,
    position     uuid NOT NULL REFERENCES thing,
    accepted_by  uuid REFERENCES thing,
    accepted_at  timestamptz,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON owner (position);
CREATE UNIQUE INDEX ON owner (id) WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';
CREATE TABLE custodian (
    id           uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON custodian (person);
CREATE UNIQUE INDEX ON custodian (id) WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';
CREATE TABLE heir (
    id           uuid NOT NULL REFERENCES thing,
    account      uuid NOT NULL REFERENCES thing,
    position     uuid NOT NULL REFERENCES thing,
    rank         int NOT NULL CHECK (rank >= 1),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON heir (account);
CREATE INDEX ON heir (position);
CREATE TABLE responsibility (
    id           uuid NOT NULL REFERENCES thing,
    account      uuid NOT NULL REFERENCES thing,
    duty         text NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    note         text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON responsibility (account);
CREATE INDEX ON responsibility (person);
CREATE TABLE access_grant (
    id           uuid NOT NULL REFERENCES thing,
    account      uuid REFERENCES thing,
    store        uuid REFERENCES thing,
    person       uuid REFERENCES thing,
    entity       uuid REFERENCES thing,
    role         text NOT NULL,
    level        text NOT NULL CHECK (level IN ('owner', 'admin', 'other')),
    through      text NOT NULL,
    via          text,
    status       text NOT NULL CHECK (status IN ('requested', 'approved', 'invited', 'active',
                     'suspended', 'revocation_requested', 'revoked_unconfirmed', 'revoked', 'expired')),
    ends_at      timestamptz,
    revoked_at   timestamptz,
    confirmed_at timestamptz,
    note         text,
    CHECK (num_nonnulls(account, store) = 1),
    CHECK (num_nonnulls(person, entity) = 1),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON access_grant (account, person);
CREATE INDEX ON access_grant (store, person) WHERE store IS NOT NULL;
CREATE INDEX ON access_grant (person);
CREATE INDEX ON access_grant (entity) WHERE entity IS NOT NULL;
CREATE TABLE control_point (
    id           uuid NOT NULL REFERENCES thing,
    account      uuid NOT NULL REFERENCES thing,
    kind         text NOT NULL,
    person       uuid REFERENCES thing,
    entity       uuid REFERENCES thing,
    via          uuid REFERENCES thing,
    label        text,
    note         text,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    CHECK (num_nonnulls(person, entity) = 1),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON control_point (account);
CREATE INDEX ON control_point (person);
CREATE INDEX ON control_point (via) WHERE via IS NOT NULL;

-- ---- What must be known to get in ------------------------------------------------------------------

CREATE TABLE store (
    id           uuid NOT NULL REFERENCES thing,
    name         text NOT NULL,
    kind         text NOT NULL,
    location     text,
    unit         uuid REFERENCES thing,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE TABLE credential (
    id           uuid NOT NULL REFERENCES thing,
    account      uuid REFERENCES thing,
    store        uuid REFERENCES thing,
    person       uuid REFERENCES thing,
    kind         text NOT NULL,
    label        text,
    reference    text,
    shared       boolean NOT NULL,
    exposure     text NOT NULL CHECK (exposure IN ('known', 'unknown')),
    version      bigint NOT NULL CHECK (version >= 1),
    changed_on   date,
    expires_on   date,
    lead_days    bigint,
    asked        text,
    compromised  text,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON credential (account);
CREATE INDEX ON credential (store);
-- One row a version: when it was born, who made it, what proves it.
CREATE TABLE credential_version (
    id           uuid NOT NULL,
    credential   uuid NOT NULL REFERENCES thing,
    version      bigint NOT NULL,
    person       uuid REFERENCES thing,
    proof        text,
    proof_value  text,
    confirmed_by uuid REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE UNIQUE INDEX ON credential_version (credential, version) WHERE known_to = 9223372036854775807;
-- Who could know which version. It never shrinks.
CREATE TABLE exposure (
    id           uuid NOT NULL,
    credential   uuid NOT NULL REFERENCES thing,
    version      bigint NOT NULL,
    person       uuid NOT NULL REFERENCES thing,
    how          text NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON exposure (credential, version);
CREATE INDEX ON exposure (person);

-- ---- Handover --------------------------------------------------------------------------------------

CREATE TABLE playbook (
    id           uuid NOT NULL REFERENCES thing,
    platform     text NOT NULL,
    version      bigint NOT NULL,
    digest       text NOT NULL,
    content      jsonb NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON playbook (platform);
CREATE TABLE handover (
    id           uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    kind         text NOT NULL,
    state        text NOT NULL,
    last_day     date NOT NULL,
    zone         text NOT NULL,
    lead         uuid NOT NULL REFERENCES thing,
    reopened     int NOT NULL DEFAULT 0,
    declared     text,
    declared_at  timestamptz,
    attested     text,
    verifier     uuid REFERENCES thing,
    shortfall    text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON handover (person);
CREATE UNIQUE INDEX one_open_handover ON handover (person, kind)
    WHERE known_to = 9223372036854775807 AND valid_to = 'infinity'
      AND state NOT IN ('completed', 'closed_with_risk', 'cancelled');
-- id is of the row: an account in the handover's scope, and who takes it.
CREATE TABLE handover_account (
    id           uuid NOT NULL,
    handover     uuid NOT NULL REFERENCES thing,
    account      uuid NOT NULL REFERENCES thing,
    position     uuid REFERENCES thing,
    successor    uuid REFERENCES thing,
    accepted_at  timestamptz,
    inventory    text,
    risk         text,
    review_on    date,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON handover_account (handover);
CREATE INDEX ON handover_account (account);
CREATE TABLE step (
    id           uuid NOT NULL,
    handover     uuid NOT NULL REFERENCES thing,
    number       int NOT NULL,
    kind         text NOT NULL,
    account      uuid REFERENCES thing,
    covers       uuid,
    name         text NOT NULL,
    title        text NOT NULL,
    detail       text,
    actor        text NOT NULL,
    assignee     uuid REFERENCES thing,
    needs        int[] NOT NULL DEFAULT '{}',
    evidence     text,
    irreversible boolean NOT NULL DEFAULT false,
    wait_days    int NOT NULL DEFAULT 0,
    basis        text,
    playbook     uuid REFERENCES thing,
    state        text NOT NULL,
    performer    uuid REFERENCES thing,
    done_at      timestamptz,
    verifier     uuid REFERENCES thing,
    note         text,
    waived_by    uuid REFERENCES thing,
    asked_by     uuid REFERENCES thing,
    reason       text,
    expires_on   date,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON step (handover, number);
CREATE INDEX ON step (assignee);
CREATE INDEX ON step (covers);
CREATE TABLE step_evidence (
    id           uuid NOT NULL,
    step         uuid NOT NULL,
    handover     uuid NOT NULL REFERENCES thing,
    evidence     uuid NOT NULL REFERENCES thing,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON step_evidence (step);

-- ---- Imports ---------------------------------------------------------------------------------------

CREATE TABLE import_run (
    id           uuid NOT NULL REFERENCES thing,
    kind         text NOT NULL,
    file         text NOT NULL,
    plan         text NOT NULL,
    status       text NOT NULL CHECK (status IN ('applied', 'quarantined', 'released')),
    fresh        bigint NOT NULL,
    changed      bigint NOT NULL,
    ended        bigint NOT NULL,
    unchanged    bigint NOT NULL,
    reason       text,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON import_run (plan);

-- What is personal leaves no sample behind in the planner's statistics.
DO $$
DECLARE
    c text[];
BEGIN
    FOREACH c SLICE 1 IN ARRAY ARRAY[
        ['person', 'name'], ['person', 'email'], ['person', 'phone'], ['succession', 'cause'], ['key', 'label'],
        ['title', 'created_by'], ['title', 'mail'], ['title', 'phone'], ['title', 'device'], ['title', 'card'],
        ['title', 'claimant'], ['evidence', 'name'], ['evidence', 'note'], ['responsibility', 'note'],
        ['access_grant', 'note'], ['control_point', 'label'], ['control_point', 'note'],
        ['credential', 'label'], ['credential', 'reference']] LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0', c[1], c[2]);
    END LOOP;
END $$;

-- ---- As of, as known -------------------------------------------------------------------------------
-- X_at(time, index) for every table with a span; and for those whose id is a thing, one row an id.

DO $$
DECLARE
    t text;
BEGIN
    FOR t IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
               AND a.attname = 'valid_to' AND c.relname <> 'span' ORDER BY 1 LOOP
        EXECUTE format('CREATE FUNCTION %I(at_time timestamptz, at_index bigint) RETURNS SETOF %I
                        LANGUAGE sql STABLE ROWS 1000 AS
                        ''SELECT * FROM %I WHERE known_from <= at_index AND at_index < known_to
                          AND valid_from <= at_time AND at_time < valid_to''', t || '_at', t, t);
        EXECUTE format('CREATE INDEX ON %I (id)', t);
    END LOOP;
END $$;
