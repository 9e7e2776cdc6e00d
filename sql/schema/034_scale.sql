-- What lists, searches and pages ask for is found by an index, however much there is: an account's title and its
-- documents, a secret's versions, what a company holds, whoever waits for whom; and what each filter leaves.
CREATE INDEX ON title (account, link);
CREATE INDEX ON title (holder);
CREATE INDEX ON identifier (kind);
CREATE INDEX ON title_evidence (account);
CREATE INDEX ON credential_version (credential, version);
CREATE INDEX ON credential (kind);
CREATE INDEX ON credential (status);
CREATE INDEX ON credential (person) WHERE person IS NOT NULL;
CREATE INDEX ON control_point (kind);
CREATE INDEX ON control_point (entity) WHERE entity IS NOT NULL;
CREATE INDEX ON access_grant (status);
CREATE INDEX ON access_grant (level);
CREATE INDEX ON responsibility (duty);
CREATE INDEX ON store (unit);
CREATE INDEX ON person (status);
CREATE INDEX ON person (unit);
CREATE INDEX ON person (employer) WHERE employer IS NOT NULL;
CREATE INDEX ON person (external) WHERE external;
CREATE INDEX ON position (unit);
CREATE INDEX ON position (status);
CREATE INDEX ON handover_account (successor);
CREATE INDEX playbook_tenure ON playbook ((content -> 'tenure' ->> 'platform')) WHERE content -> 'tenure' ->> 'platform' IS NOT NULL;

-- People and positions are searched as accounts are: by three letters.
DO $$
DECLARE
    ops text := (SELECT quote_ident(n.nspname) || '.gin_trgm_ops' FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
    EXECUTE format('CREATE INDEX person_words ON state.person USING gin (tenure.folded(name) %1$s, tenure.folded(email) %1$s)', ops);
    EXECUTE format('CREATE INDEX position_words ON state.position USING gin (tenure.folded(title) %s)', ops);
    EXECUTE format('CREATE INDEX thing_called ON state.thing USING gin (tenure.folded(ref) %s) WHERE noun IN (''person'', ''position'')', ops);
END $$;
