-- What a request with an Idempotency-Key has made, so that its retry makes no second one.

CREATE TABLE made_once (
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  what text NOT NULL,
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  -- Of what was asked: another request under the same key is a mistake.
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  made_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, what, key_hash)
);
CREATE INDEX made_once_created ON made_once (created_at);
