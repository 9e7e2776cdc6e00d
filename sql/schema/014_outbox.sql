-- What is to be sent: written with the entry that it is about, in one transaction, and sent after. No text is
-- kept here, and nobody's name: what a message says is made of the log and the registry when it is sent.

-- A schema of its own: it is neither log nor state, and the audit has nothing to hold it against.
CREATE SCHEMA outbox;

ALTER TABLE state.webhook DROP CONSTRAINT IF EXISTS webhook_id_fkey;
ALTER TABLE state.calendar DROP CONSTRAINT IF EXISTS calendar_id_fkey;

CREATE TABLE outbox.message (
    id           uuid PRIMARY KEY,
    channel      text NOT NULL CHECK (channel IN ('webhook', 'mail')),
    target       uuid NOT NULL,    -- the webhook, or the person
    what         text NOT NULL,    -- type of the event, or name of the text
    entry        bigint,           -- of the log; NULL for a digest
    about        uuid,             -- a handover
    day          date,             -- of a digest, at the person's place
    made_at      timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    tries        int NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    done_at      timestamptz,
    because      text
);
CREATE INDEX ON outbox.message (due_at) WHERE state = 'waiting';
CREATE INDEX ON outbox.message (target, made_at);
CREATE UNIQUE INDEX one_digest_a_day ON outbox.message (target, what, day) WHERE day IS NOT NULL;
CREATE UNIQUE INDEX one_mail_an_entry ON outbox.message (target, what, entry) WHERE channel = 'mail' AND entry IS NOT NULL;

-- Every try: the delivery log.
CREATE TABLE outbox.attempt (
    id           uuid NOT NULL REFERENCES outbox.message ON DELETE CASCADE,
    try          int NOT NULL,
    at           timestamptz NOT NULL,
    ms           int NOT NULL,
    status       int,              -- what the receiver answered; NULL: nothing
    said         text,
    PRIMARY KEY (id, try)
);

-- A receiver that said it is gone (410) gets nothing more until somebody enables it again.
CREATE TABLE outbox.receiver (
    webhook      uuid PRIMARY KEY,
    disabled_at  timestamptz NOT NULL,
    because      text NOT NULL
);
