-- What a unit asks for beyond the rules, for itself and the units below that say nothing of it.
ALTER TABLE unit
    ADD mutual_pairs text CHECK (mutual_pairs IN ('allowed', 'refused')),
    ADD max_age_days bigint CHECK (max_age_days > 0);
