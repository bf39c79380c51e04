-- The shop, its people, their sessions, repairs, notifications and the event log.
-- Every table that belongs to a customer carries customer_id, so that one day it can be the distribution column.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

-- ---------------------------------------------------------------- the shop

CREATE TABLE shop_settings (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  name text NOT NULL DEFAULT 'Revivatech' CHECK (length(name) BETWEEN 1 AND 100),
  email text,
  phone text,
  address text,
  currency char(3) NOT NULL DEFAULT 'EUR' CHECK (currency ~ '^[A-Z]{3}$'),
  timezone text NOT NULL DEFAULT 'UTC',
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'pt-BR')),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER touch BEFORE UPDATE ON shop_settings FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
INSERT INTO shop_settings DEFAULT VALUES;

-- ---------------------------------------------------------------- people

-- email is null for a customer of the counter without one; password_hash is null until an account is claimed.
CREATE TABLE customers (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  email text CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  password_hash text,
  first_name text NOT NULL CHECK (length(first_name) BETWEEN 1 AND 100),
  last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 100),
  is_organisation boolean NOT NULL DEFAULT false,
  phone text CHECK (length(phone) <= 32),
  avatar_url text,
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'pt-BR')),
  timezone text NOT NULL DEFAULT 'UTC' CHECK (length(timezone) <= 50),
  email_verified_at timestamptz,
  two_factor_enabled boolean NOT NULL DEFAULT false,
  disabled_at timestamptz,
  last_login_at timestamptz,
  import_key text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search_text text NOT NULL GENERATED ALWAYS AS (
    lower(first_name || ' ' || last_name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))
  ) STORED
);
CREATE UNIQUE INDEX customers_email_key ON customers (email);
CREATE INDEX customers_search ON customers USING gin (search_text gin_trgm_ops);
CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  password_hash text,
  first_name text NOT NULL CHECK (length(first_name) BETWEEN 1 AND 100),
  last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 100),
  role text NOT NULL CHECK (role IN ('technician', 'front_desk', 'manager', 'admin')),
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'pt-BR')),
  timezone text NOT NULL DEFAULT 'UTC' CHECK (length(timezone) <= 50),
  two_factor_enabled boolean NOT NULL DEFAULT false,
  disabled_at timestamptz,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A session is a family: every refresh token that grew from one sign-in belongs to it and ends with it.
-- A browser's session has a secret (its hash is here) and no refresh tokens; a client's has refresh tokens and no secret.
CREATE TABLE customer_sessions (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  secret_hash bytea CHECK (octet_length(secret_hash) = 32),
  ip_address inet,
  user_agent text CHECK (length(user_agent) <= 400),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text CHECK (end_reason IN ('logout', 'reuse', 'password', 'disabled', 'role', 'revoked')),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CHECK (expires_at <= ends_at)
);
CREATE INDEX customer_sessions_live ON customer_sessions (customer_id) WHERE ended_at IS NULL;

CREATE TABLE customer_refresh_tokens (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  session_id uuid NOT NULL REFERENCES customer_sessions (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  replaced_at timestamptz
);
CREATE UNIQUE INDEX customer_refresh_tokens_one_live ON customer_refresh_tokens (session_id) WHERE replaced_at IS NULL;
CREATE INDEX customer_refresh_tokens_session ON customer_refresh_tokens (session_id);

CREATE TABLE staff_sessions (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  secret_hash bytea CHECK (octet_length(secret_hash) = 32),
  ip_address inet,
  user_agent text CHECK (length(user_agent) <= 400),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text CHECK (end_reason IN ('logout', 'reuse', 'password', 'disabled', 'role', 'revoked')),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CHECK (expires_at <= ends_at)
);
CREATE INDEX staff_sessions_live ON staff_sessions (user_id) WHERE ended_at IS NULL;

CREATE TABLE staff_refresh_tokens (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  session_id uuid NOT NULL REFERENCES staff_sessions (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  replaced_at timestamptz
);
CREATE UNIQUE INDEX staff_refresh_tokens_one_live ON staff_refresh_tokens (session_id) WHERE replaced_at IS NULL;
CREATE INDEX staff_refresh_tokens_session ON staff_refresh_tokens (session_id);

-- Failed sign-ins in the running window, an account or an address each. The key is a hash: the table names nobody.
CREATE TABLE login_failures (
  key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
  window_started_at timestamptz NOT NULL DEFAULT now(),
  failures integer NOT NULL CHECK (failures >= 0)
);
CREATE INDEX login_failures_old ON login_failures (window_started_at);

CREATE TABLE customer_activity_log (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  activity_type text NOT NULL CHECK (length(activity_type) <= 100),
  description text NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  ip_address inet,
  user_agent text CHECK (length(user_agent) <= 400),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customer_activity_log_customer ON customer_activity_log (customer_id, created_at DESC);
CREATE INDEX customer_activity_log_created ON customer_activity_log (created_at);

-- ---------------------------------------------------------------- what happened, per customer, gapless

CREATE TABLE customer_event_heads (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  last_seq bigint NOT NULL CHECK (last_seq >= 0)
);

CREATE TABLE customer_events (
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  seq bigint NOT NULL CHECK (seq > 0),
  type text NOT NULL CHECK (length(type) <= 50),
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (customer_id, seq)
);
CREATE INDEX customer_events_created ON customer_events (created_at);

CREATE TABLE customer_notifications (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  seq bigint NOT NULL,
  type text NOT NULL CHECK (length(type) <= 50),
  title text NOT NULL CHECK (length(title) <= 255),
  message text NOT NULL,
  data jsonb NOT NULL DEFAULT '{}',
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high')),
  read_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (customer_id, seq)
);
CREATE INDEX customer_notifications_unread ON customer_notifications (customer_id, seq DESC) WHERE read_at IS NULL;

-- What has left of a notification, by which channel: a job that runs twice finds its work done.
CREATE TABLE notification_deliveries (
  notification_id uuid NOT NULL REFERENCES customer_notifications (id) ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  reference text NOT NULL,
  sent_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (notification_id, channel)
);

-- Mail of a demo shop, which is kept and read instead of sent.
CREATE TABLE kept_mails (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  message_id text NOT NULL UNIQUE,
  recipient text NOT NULL,
  subject text NOT NULL,
  text_body text NOT NULL,
  html_body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- ---------------------------------------------------------------- repairs

CREATE TABLE customer_devices (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  device_type text NOT NULL CHECK (length(device_type) BETWEEN 1 AND 50),
  brand text NOT NULL CHECK (length(brand) <= 100),
  model text NOT NULL CHECK (length(model) <= 100),
  serial_number text CHECK (length(serial_number) <= 100),
  imei text CHECK (imei ~ '^[0-9]{15}$'),
  purchase_date date,
  warranty_expires date,
  notes text,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (id, customer_id)
);
CREATE INDEX customer_devices_customer ON customer_devices (customer_id);
CREATE TRIGGER touch BEFORE UPDATE ON customer_devices FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- The shop's own stages on top of the contract's eight statuses. A status' first stage bears its own name.
CREATE TABLE repair_stages (
  key text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9_]{0,49}$'),
  status text NOT NULL CHECK (status IN
    ('received', 'diagnosing', 'quoted', 'approved', 'repairing', 'testing', 'completed', 'cancelled')),
  position integer NOT NULL,
  labels jsonb NOT NULL CHECK (labels ? 'en' AND labels ? 'pt-BR'),
  sentences jsonb NOT NULL CHECK (sentences ? 'en' AND sentences ? 'pt-BR'),
  tells_customer boolean NOT NULL DEFAULT true,
  waits_for_customer boolean NOT NULL DEFAULT false,
  UNIQUE (key, status)
);

CREATE TABLE repairs (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
  device_id uuid,
  repair_number text NOT NULL UNIQUE CHECK (repair_number ~ '^R-[0-9A-HJKMNP-TV-Z]{7}$'),
  device_type text NOT NULL CHECK (length(device_type) BETWEEN 1 AND 50),
  device_brand text NOT NULL CHECK (length(device_brand) <= 100),
  device_model text NOT NULL CHECK (length(device_model) <= 100),
  issue_description text NOT NULL CHECK (length(issue_description) <= 10000),
  repair_type text NOT NULL DEFAULT 'repair' CHECK (length(repair_type) <= 100),
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  status text NOT NULL DEFAULT 'received',
  stage text NOT NULL DEFAULT 'received',
  technician_id uuid REFERENCES users (id) ON DELETE RESTRICT,
  estimated_completion timestamptz,
  actual_completion timestamptz,
  repair_cost numeric(10, 2) CHECK (repair_cost >= 0),
  parts_cost numeric(10, 2) CHECK (parts_cost >= 0),
  labor_cost numeric(10, 2) CHECK (labor_cost >= 0),
  total_cost numeric(10, 2) CHECK (total_cost >= 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  warranty_months integer NOT NULL DEFAULT 6 CHECK (warranty_months BETWEEN 0 AND 120),
  notes text CHECK (length(notes) <= 10000),
  internal_notes text CHECK (length(internal_notes) <= 10000),
  import_source text,
  import_id text,
  -- What the source's row said when it was last brought in: a second import changes only what has changed there.
  import_digest bytea CHECK (octet_length(import_digest) = 16),
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search_text text NOT NULL GENERATED ALWAYS AS (
    lower(repair_number || ' ' || device_brand || ' ' || device_model || ' ' || device_type || ' ' || issue_description)
  ) STORED,
  FOREIGN KEY (stage, status) REFERENCES repair_stages (key, status),
  FOREIGN KEY (device_id, customer_id) REFERENCES customer_devices (id, customer_id),
  CHECK ((status = 'completed') = (actual_completion IS NOT NULL)),
  CHECK ((import_source IS NULL) = (import_id IS NULL)),
  UNIQUE (import_source, import_id)
);
CREATE INDEX repairs_customer_newest ON repairs (customer_id, created_at DESC, id DESC);
CREATE INDEX repairs_customer_status ON repairs (customer_id, status, created_at DESC, id DESC);
CREATE INDEX repairs_customer_updated ON repairs (customer_id, updated_at DESC, id DESC);
-- The staff desk: open work, what is late first; then everything, newest first, by status or technician.
CREATE INDEX repairs_open_due ON repairs ((coalesce(estimated_completion, 'infinity')), id)
  WHERE status NOT IN ('completed', 'cancelled');
CREATE INDEX repairs_open_technician ON repairs (technician_id, (coalesce(estimated_completion, 'infinity')), id)
  WHERE status NOT IN ('completed', 'cancelled');
CREATE INDEX repairs_newest ON repairs (created_at DESC, id DESC);
CREATE INDEX repairs_status_newest ON repairs (status, created_at DESC, id DESC);
CREATE INDEX repairs_technician_newest ON repairs (technician_id, created_at DESC, id DESC);
CREATE INDEX repairs_device ON repairs (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX repairs_search ON repairs USING gin (search_text gin_trgm_ops);
CREATE TRIGGER touch BEFORE UPDATE ON repairs FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE repair_status_history (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  repair_id uuid NOT NULL REFERENCES repairs (id) ON DELETE RESTRICT,
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
  status text NOT NULL,
  previous_status text CHECK (previous_status IN
    ('received', 'diagnosing', 'quoted', 'approved', 'repairing', 'testing', 'completed', 'cancelled')),
  stage text NOT NULL,
  changed_by_kind text NOT NULL CHECK (changed_by_kind IN ('staff', 'customer', 'system')),
  changed_by_user uuid REFERENCES users (id) ON DELETE RESTRICT,
  changed_by_customer uuid REFERENCES customers (id) ON DELETE RESTRICT,
  notes text CHECK (length(notes) <= 10000),
  internal_notes text CHECK (length(internal_notes) <= 10000),
  -- The estimate that this entry gave, where it gave one.
  estimated_completion timestamptz,
  customer_notified boolean NOT NULL DEFAULT false,
  event_seq bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (stage, status) REFERENCES repair_stages (key, status),
  CHECK ((changed_by_kind = 'staff') = (changed_by_user IS NOT NULL)),
  CHECK ((changed_by_kind = 'customer') = (changed_by_customer IS NOT NULL))
);
CREATE INDEX repair_status_history_repair ON repair_status_history (repair_id, created_at, id);
CREATE INDEX repair_status_history_customer ON repair_status_history (customer_id, created_at DESC, id DESC);

INSERT INTO repair_stages (key, status, position, labels, sentences) VALUES
  ('received', 'received', 10,
   '{"en": "Received", "pt-BR": "Recebido"}',
   '{"en": "Your device is with us and waits for a technician.", "pt-BR": "Seu aparelho está conosco e aguarda um técnico."}'),
  ('diagnosing', 'diagnosing', 20,
   '{"en": "Diagnosing", "pt-BR": "Em diagnóstico"}',
   '{"en": "A technician is finding out what is wrong.", "pt-BR": "Um técnico está descobrindo o que há de errado."}'),
  ('quoted', 'quoted', 30,
   '{"en": "Quote ready", "pt-BR": "Orçamento pronto"}',
   '{"en": "We know what it takes and wait for your decision.", "pt-BR": "Sabemos o que é preciso e aguardamos sua decisão."}'),
  ('approved', 'approved', 40,
   '{"en": "Approved", "pt-BR": "Aprovado"}',
   '{"en": "The work is agreed and about to begin.", "pt-BR": "O serviço está combinado e vai começar."}'),
  ('repairing', 'repairing', 50,
   '{"en": "Repairing", "pt-BR": "Em reparo"}',
   '{"en": "Your device is on the bench.", "pt-BR": "Seu aparelho está na bancada."}'),
  ('waiting_for_parts', 'repairing', 55,
   '{"en": "Waiting for parts", "pt-BR": "Aguardando peças"}',
   '{"en": "A part is on its way; we go on as soon as it arrives.", "pt-BR": "Uma peça está a caminho; continuamos assim que ela chegar."}'),
  ('testing', 'testing', 60,
   '{"en": "Testing", "pt-BR": "Em teste"}',
   '{"en": "The repair is done and we are testing it.", "pt-BR": "O reparo está feito e estamos testando."}'),
  ('completed', 'completed', 70,
   '{"en": "Completed", "pt-BR": "Concluído"}',
   '{"en": "The repair is complete.", "pt-BR": "O reparo está concluído."}'),
  ('ready_for_pickup', 'completed', 75,
   '{"en": "Ready for pick-up", "pt-BR": "Pronto para retirada"}',
   '{"en": "Your device is ready: come and collect it.", "pt-BR": "Seu aparelho está pronto: venha buscá-lo."}'),
  ('collected', 'completed', 78,
   '{"en": "Collected", "pt-BR": "Retirado"}',
   '{"en": "You have your device back.", "pt-BR": "Seu aparelho já está com você."}'),
  ('cancelled', 'cancelled', 80,
   '{"en": "Cancelled", "pt-BR": "Cancelado"}',
   '{"en": "This repair was cancelled.", "pt-BR": "Este reparo foi cancelado."}');
UPDATE repair_stages SET waits_for_customer = true WHERE key IN ('quoted', 'ready_for_pickup');
