-- Whoever searches "eloise" means Éloïse, and "muller" Müller: names are compared as they are written without
-- accents, in small letters. What PostgreSQL calls small depends on the database's locale, and where that is C,
-- on letters of ASCII only: those of Greek and Cyrillic are named here.
CREATE FUNCTION tenure.folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length(said) = length(said) THEN lower(said) ELSE
        lower(replace(replace(replace(replace(replace(replace(replace(replace(
            translate(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g'),
                      'øØłŁđĐıðÐħĦ’АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς',
                      'oollddiddhh''абвгдежзийклмнопрстуфхцчшщъыьэюяαβγδεζηθικλμνξοπρστυφχψωσ'),
            'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'))
    END
$$;
COMMENT ON FUNCTION tenure.folded(text) IS 'as it is searched: without accents, in small letters';

DROP INDEX state.account_words;
DO $$
DECLARE
    ops text := (SELECT quote_ident(n.nspname) || '.gin_trgm_ops' FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
    EXECUTE format('CREATE INDEX account_words ON state.account USING gin (tenure.folded(name) %1$s, lower(url) %1$s)', ops);
END $$;
