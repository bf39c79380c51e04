-- Exports and erasures: what customers may ask of what is kept of them, and what became of it.

-- erasure_at: when the account will be erased; until then signing in leads to the page that takes it back.
-- erased_at: the row names nobody any more, and stands for what a law keeps.
ALTER TABLE customers
  ADD COLUMN erasure_at timestamptz,
  ADD COLUMN erased_at timestamptz;

-- A kept mail goes with its customer.
ALTER TABLE kept_mails ADD COLUMN customer_id uuid REFERENCES customers (id) ON DELETE CASCADE;
CREATE INDEX kept_mails_customer ON kept_mails (customer_id, created_at) WHERE customer_id IS NOT NULL;
CREATE INDEX kept_mails_recipient ON kept_mails (lower(recipient));

CREATE TABLE privacy_exports (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'ready', 'failed', 'expired')),
  -- In hundredths of the rows.
  progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  size_bytes bigint CHECK (size_bytes > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  expires_at timestamptz,
  CHECK ((status = 'ready') <= (size_bytes IS NOT NULL AND expires_at IS NOT NULL)),
  CHECK ((status IN ('waiting', 'running')) = (ended_at IS NULL))
);
-- It is dear: one at a time for each customer.
CREATE UNIQUE INDEX privacy_exports_one_open ON privacy_exports (customer_id) WHERE status IN ('waiting', 'running');
CREATE INDEX privacy_exports_customer ON privacy_exports (customer_id, created_at DESC);
CREATE INDEX privacy_exports_ready ON privacy_exports (expires_at) WHERE status = 'ready';

-- The customer's id is no reference: the record outlives the row, and by then it names nobody.
CREATE TABLE privacy_erasures (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'cancelled', 'executed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  execute_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- What a law keeps: a list of {what, reason, rows, until}.
  kept jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(kept) = 'array'),
  CHECK ((status = 'waiting') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX privacy_erasures_one_open ON privacy_erasures (customer_id) WHERE status = 'waiting';
CREATE INDEX privacy_erasures_customer ON privacy_erasures (customer_id);
CREATE INDEX privacy_erasures_due ON privacy_erasures (execute_at) WHERE status = 'waiting';
CREATE INDEX privacy_erasures_keeping ON privacy_erasures (ended_at) WHERE status = 'executed' AND kept <> '[]';

-- Which of those who work for the shop (CRM, chat, …) were told of an erasure.
CREATE TABLE privacy_processor_calls (
  customer_id uuid NOT NULL,
  processor text NOT NULL CHECK (length(processor) BETWEEN 1 AND 50),
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  PRIMARY KEY (customer_id, processor)
);
CREATE INDEX privacy_processor_calls_open ON privacy_processor_calls (created_at) WHERE done_at IS NULL;

-- What retention looks for.
CREATE INDEX customer_activity_log_addresses ON customer_activity_log (created_at)
  WHERE ip_address IS NOT NULL OR user_agent IS NOT NULL;
CREATE INDEX customer_sessions_addresses ON customer_sessions (created_at)
  WHERE ip_address IS NOT NULL OR user_agent IS NOT NULL;
CREATE INDEX staff_sessions_addresses ON staff_sessions (created_at)
  WHERE ip_address IS NOT NULL OR user_agent IS NOT NULL;
