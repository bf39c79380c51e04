-- The second factor of an account: the app's secret, recovery codes, passkeys, sign-ins that wait for it, known devices.
-- Customers and staff have the same tables, each with its own owner.

-- A sign-in whose first factor was proven. Its token is derived from the id with the shop's secret, as a link's is.
CREATE TABLE customer_pending_sign_ins (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK (expires_at > created_at)
);
CREATE INDEX customer_pending_sign_ins_live ON customer_pending_sign_ins (customer_id) WHERE ended_at IS NULL;
CREATE INDEX customer_pending_sign_ins_old ON customer_pending_sign_ins (expires_at);

CREATE TABLE staff_pending_sign_ins (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK (expires_at > created_at)
);
CREATE INDEX staff_pending_sign_ins_live ON staff_pending_sign_ins (user_id) WHERE ended_at IS NULL;
CREATE INDEX staff_pending_sign_ins_old ON staff_pending_sign_ins (expires_at);

-- The secret that an app shares with us, encrypted. A candidate replaces it only once a code of it was shown.
-- last_step is the number of the last half minute whose code was used: none works twice.
CREATE TABLE customer_authenticators (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  secret bytea,
  proven_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0,
  candidate bytea,
  candidate_at timestamptz,
  CHECK ((secret IS NULL) = (proven_at IS NULL)),
  CHECK ((candidate IS NULL) = (candidate_at IS NULL))
);

CREATE TABLE staff_authenticators (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret bytea,
  proven_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0,
  candidate bytea,
  candidate_at timestamptz,
  CHECK ((secret IS NULL) = (proven_at IS NULL)),
  CHECK ((candidate IS NULL) = (candidate_at IS NULL))
);

CREATE TABLE customer_recovery_codes (
  code_hash bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
CREATE INDEX customer_recovery_codes_customer ON customer_recovery_codes (customer_id);

CREATE TABLE staff_recovery_codes (
  code_hash bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz
);
CREATE INDEX staff_recovery_codes_user ON staff_recovery_codes (user_id);

CREATE TABLE customer_passkeys (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL,
  sign_count bigint NOT NULL CHECK (sign_count >= 0),
  transports text[] NOT NULL DEFAULT '{}',
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX customer_passkeys_customer ON customer_passkeys (customer_id);

CREATE TABLE staff_passkeys (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL,
  sign_count bigint NOT NULL CHECK (sign_count >= 0),
  transports text[] NOT NULL DEFAULT '{}',
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX staff_passkeys_user ON staff_passkeys (user_id);

-- A passkey's challenge is signed by us and says until when it holds; here is what was answered already.
CREATE TABLE spent_challenges (
  challenge_hash bytea PRIMARY KEY CHECK (octet_length(challenge_hash) = 32),
  expires_at timestamptz NOT NULL
);
CREATE INDEX spent_challenges_old ON spent_challenges (expires_at);

-- Where an account was signed in before: a hash of the browser's cookie, or of a client's name and network.
CREATE TABLE customer_known_devices (
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, fingerprint)
);
CREATE INDEX customer_known_devices_old ON customer_known_devices (last_seen_at);

CREATE TABLE staff_known_devices (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, fingerprint)
);
CREATE INDEX staff_known_devices_old ON staff_known_devices (last_seen_at);
