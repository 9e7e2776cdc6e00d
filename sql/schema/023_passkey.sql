-- Where people reach the registry in a browser, and the domain that their passkeys are made for; and the id
-- by which a browser asks an authenticator for a passkey.
ALTER TABLE service ADD url text, ADD rp_id text;
ALTER TABLE key ADD credential text;
