-- What successors restate, what was missing in it, why they refuse; and who recorded that there is no declaration.
ALTER TABLE handover ADD declared_how text, ADD declared_by uuid;
ALTER TABLE handover_account ADD restated text, ADD returned text, ADD refused text;
