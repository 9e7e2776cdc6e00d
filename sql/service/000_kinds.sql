-- What differs by the kind of a case, in one place; and whose case it is.

-- wants:      what has to be said when it is opened by hand; what else could be said means nothing to it
-- scope:      all: whatever the person answers for, holds or knows; difference: the same without what the new
--             position justifies; answers: only what they answer for; listed: the accounts that were named;
--             firm: all of everybody whom the firm employs, and what the firm itself holds
-- lays_out:   playbook: the steps of each platform; stand_in: one a delegate; nothing: acceptance alone
-- acts:       the subject gets steps and is told; else their steps fall to the lead, and they are told nothing
-- declares:   what the person declares, in the usual words; NULL where none is demanded, and then
-- undeclared: why it is not
-- goes:       what they have to do in others' cases passes on, and notice of it is on record
-- shuts_out:  keys, tokens and roles end when the case is opened
-- ends_as:    what completing does: left, deceased; moved: the seat changes; lent: a case is opened to give back;
--             mapped: the accounts' units and titles change
-- spares:     rules that do not hold for it
DROP FUNCTION IF EXISTS kinds();
CREATE OR REPLACE FUNCTION kinds() RETURNS TABLE (kind text, means text, wants text[], scope text, lays_out text, acts boolean,
    declares text, undeclared text, goes boolean, shuts_out boolean, ends_as text, spares text[]) LANGUAGE sql IMMUTABLE AS $$
    VALUES ('leaver', 'a person leaves', '{person,last_day}'::text[], 'all', 'playbook', true,
            'I have handed over everything that I held or knew for the company. I retain no access, no secret, no recovery '
            'code, no device that can sign in, and no copy of them.', NULL, true, false, 'left', '{}'::text[]),
           ('mover', 'a person takes another position', '{person,last_day,to}', 'difference', 'playbook', true,
            NULL, 'not demanded: the person stays', false, false, 'moved', '{}'),
           ('absence', 'a person is away for a while', '{person,last_day,back}', 'answers', 'stand_in', true,
            NULL, 'not demanded: the person comes back', false, false, 'lent', '{I5}'),
           ('hand_back', 'somebody who is back takes up again what others stood in for', '{}', 'listed', 'nothing', true,
            NULL, 'not demanded: the person stood in for another', false, false, 'none', '{I5,I10}'),
           ('death', 'a person has died', '{person,last_day}', 'all', 'playbook', false,
            NULL, 'not demanded: the person has died', true, true, 'deceased', '{}'),
           ('incapacity', 'a person is not able to hand over', '{person,last_day}', 'all', 'playbook', false,
            NULL, 'not demanded: the person is not able to', true, true, 'left', '{}'),
           ('owner', 'an account gets another accountable owner, and nothing else changes', '{account,to}', 'listed', 'nothing', true,
            NULL, 'not demanded: only the accountable owner changes', false, false, 'none', '{I5,I10}'),
           ('agency', 'a firm goes, with its people and all it held', '{entity,last_day}', 'firm', 'playbook', false,
            NULL, 'not demanded: it is a firm', true, false, 'left', '{}'),
           ('reorganisation', 'accounts pass to other positions, units or companies', '{}', 'listed', 'nothing', true,
            'I give these accounts up to those who take them over, and have told them what I know of them.', NULL,
            false, false, 'mapped', '{I5,I10}')
$$;

-- A case as far as these functions look at it, also one that nobody has opened yet.
CREATE OR REPLACE FUNCTION case_of(ho uuid, kind text, person uuid, entity uuid, seat uuid) RETURNS handover
LANGUAGE sql STABLE AS $$
    SELECT jsonb_populate_record(NULL::handover, jsonb_build_object(
        'id', ho, 'kind', kind, 'person', person, 'entity', entity, 'seat', seat))
$$;

-- The same of one that is on record: its id alone says the rest.
CREATE OR REPLACE FUNCTION case_by(ho uuid, kind text, person uuid, entity uuid, seat uuid, at_time timestamptz, at_index bigint)
RETURNS handover LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT h FROM handover_at(at_time, at_index) h WHERE h.id = ho AND $2 IS NULL),
                    case_of(ho, $2, $3, $4, $5))
$$;

-- Whose case it is: a person, or everybody whom a firm employs.
CREATE OR REPLACE FUNCTION case_people(h handover, at_time timestamptz, at_index bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT (h).person WHERE (h).person IS NOT NULL
    UNION ALL
    SELECT p.id FROM person_at(at_time, at_index) p WHERE p.employer = (h).entity
$$;
