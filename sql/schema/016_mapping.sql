-- Where an account goes besides to another position: its unit, and the company that owns it.
ALTER TABLE handover_account ADD unit uuid, ADD holder uuid;
