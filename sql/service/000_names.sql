-- What people call things.

-- The name that a thing has beside its key, a person without one the key; NULL of the nouns that have none.
CREATE OR REPLACE FUNCTION name_of(noun text, thing_id uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE noun
        WHEN 'person' THEN person_name(thing_id, at_time, at_index)
        WHEN 'account' THEN (SELECT a.name FROM account_at(at_time, at_index) a WHERE a.id = thing_id)
        WHEN 'position' THEN (SELECT o.title FROM position_at(at_time, at_index) o WHERE o.id = thing_id)
        WHEN 'unit' THEN (SELECT u.name FROM unit_at(at_time, at_index) u WHERE u.id = thing_id)
        WHEN 'entity' THEN (SELECT e.name FROM entity_at(at_time, at_index) e WHERE e.id = thing_id)
        WHEN 'store' THEN (SELECT s.name FROM store_at(at_time, at_index) s WHERE s.id = thing_id)
        WHEN 'place' THEN (SELECT p.name FROM place_at(at_time, at_index) p WHERE p.id = thing_id)
        WHEN 'webhook' THEN (SELECT w.url FROM webhook_at(at_time, at_index) w WHERE w.id = thing_id) END
$$;

-- Of a thing that has no name: what it is labelled, whose it is and on what.
CREATE OR REPLACE FUNCTION description_of(noun text, thing_id uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT nullif(concat_ws(', ', w.label, person_name(w.person, at_time, at_index),
               name_of('entity', w.entity, at_time, at_index), name_of('position', w.position, at_time, at_index),
               coalesce(name_of('account', w.account, at_time, at_index), ref_of(w.account)),
               name_of('store', w.store, at_time, at_index)), '')
    FROM (SELECT NULL AS label, h.person, h.entity, NULL::uuid AS position, NULL::uuid AS account, NULL::uuid AS store
          FROM handover_at(at_time, at_index) h WHERE noun = 'handover' AND h.id = thing_id
          UNION ALL SELECT NULL, g.person, g.entity, NULL, g.account, g.store
          FROM access_grant g WHERE noun = 'grant' AND g.id = thing_id AND g.known_to > at_index
          UNION ALL SELECT c.label, NULL, NULL, NULL, c.account, c.store
          FROM credential_at(at_time, at_index) c WHERE noun = 'credential' AND c.id = thing_id
          UNION ALL SELECT c.label, c.person, c.entity, NULL, c.account, NULL
          FROM control_point_at(at_time, at_index) c WHERE noun = 'controlpoint' AND c.id = thing_id
          UNION ALL SELECT NULL, r.person, NULL, NULL, r.account, NULL
          FROM responsibility_at(at_time, at_index) r WHERE noun = 'responsibility' AND r.id = thing_id
          UNION ALL SELECT NULL, NULL, NULL, h.position, h.account, NULL
          FROM heir_at(at_time, at_index) h WHERE noun = 'heir' AND h.id = thing_id
          UNION ALL SELECT k.label, k.person, NULL, NULL, NULL, NULL
          FROM key_at(at_time, at_index) k WHERE noun = 'key' AND k.id = thing_id
          UNION ALL SELECT NULL, k.person, NULL, NULL, NULL, NULL
          FROM token_at(at_time, at_index) k WHERE noun = 'token' AND k.id = thing_id
          UNION ALL SELECT NULL, i.person, NULL, NULL, NULL, NULL
          FROM invitation_at(at_time, at_index) i WHERE noun = 'invitation' AND i.id = thing_id
          UNION ALL SELECT NULL, h.person, NULL, NULL, h.account, NULL
          FROM hold h WHERE noun = 'hold' AND h.id = thing_id AND h.known_to > at_index) w LIMIT 1
$$;
