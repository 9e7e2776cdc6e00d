-- Cases of every kind: to which position somebody moves, when somebody comes back, which firm goes. A case is
-- of one person or of one firm; what is about one account, or gives accounts back, may be open side by side.
ALTER TABLE handover
    ALTER person DROP NOT NULL,
    ADD seat uuid,
    ADD back_on date,
    ADD entity uuid,
    ADD follows uuid,
    ADD CONSTRAINT one_subject CHECK (num_nonnulls(person, entity) = 1),
    ADD CONSTRAINT moves_to CHECK ((kind IN ('mover', 'owner')) = (seat IS NOT NULL)),
    ADD CONSTRAINT comes_back CHECK ((kind = 'absence') = (back_on IS NOT NULL) AND (back_on > last_day OR back_on IS NULL)),
    ADD CONSTRAINT known_kind CHECK (kind IN ('leaver', 'mover', 'absence', 'hand_back', 'death', 'incapacity', 'owner',
        'agency', 'reorganisation'));
DROP INDEX one_open_handover;
CREATE UNIQUE INDEX one_open_handover ON handover (coalesce(person, entity), kind)
    WHERE known_to = 9223372036854775807 AND valid_to = 'infinity'
      AND state NOT IN ('completed', 'closed_with_risk', 'cancelled') AND kind NOT IN ('hand_back', 'owner', 'reorganisation');
