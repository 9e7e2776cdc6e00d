-- One cosignature more; the first of a witness for a checkpoint or seal stays.
CREATE OR REPLACE FUNCTION log.keep_cosignature(at_size bigint, of_seal boolean, by_witness text, signed_line text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last log.cosigned;
BEGIN
    SELECT * INTO last FROM log.cosigned FOR UPDATE;
    IF EXISTS (SELECT FROM log.cosignature c
               WHERE c.size = at_size AND c.sealed = of_seal AND c.witness = by_witness) THEN
        RETURN;
    END IF;
    last.chain := sha256(last.chain || convert_to(concat_ws(E'\n', last.count, at_size,
        CASE WHEN of_seal THEN 'seal' ELSE 'checkpoint' END, by_witness, signed_line), 'UTF8'));
    INSERT INTO log.cosignature (n, size, sealed, witness, line, chain)
    VALUES (last.count, at_size, of_seal, by_witness, signed_line, last.chain);
    UPDATE log.cosigned SET count = last.count + 1, chain = last.chain;
END $$;
