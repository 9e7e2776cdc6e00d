-- That a rotation was confirmed begins when it was: the version has two spans then, of which one goes on.
DROP INDEX credential_version_credential_version_idx;
CREATE UNIQUE INDEX ON credential_version (credential, version)
    WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';
