-- Who invited (NULL: the service itself), whether the person had a key before, and who has confirmed it then:
-- neither the person nor whoever invited them.
ALTER TABLE invitation
    ADD inviter uuid,
    ADD recovery boolean,
    ADD confirmed_by uuid,
    ADD CONSTRAINT confirmed_by_another CHECK (confirmed_by NOT IN (person, inviter));
