-- Who among the staff did what to whom: roles, closed accounts, invitations, work handed over. Written, never rewritten.

CREATE TABLE staff_audit_log (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  action text NOT NULL CHECK (action ~ '^[a-z][a-z_]{0,49}$'),
  -- Null: the program itself, as from the command line.
  actor_id uuid REFERENCES users (id) ON DELETE RESTRICT,
  -- To whom it was done: a colleague, or a customer. A customer may be erased; what was done with the account stays.
  user_id uuid REFERENCES users (id) ON DELETE RESTRICT,
  customer_id uuid,
  facts jsonb NOT NULL DEFAULT '{}',
  ip_address inet,
  request_id text CHECK (length(request_id) <= 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (user_id IS NULL OR customer_id IS NULL)
);
CREATE INDEX staff_audit_log_newest ON staff_audit_log (created_at DESC, id DESC);
CREATE INDEX staff_audit_log_customer ON staff_audit_log (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX staff_audit_log_addresses ON staff_audit_log (created_at) WHERE ip_address IS NOT NULL;

-- An entry stays as it was written. Two things may be done to it: its network address is forgotten, and after two years
-- the entry is.
CREATE FUNCTION keep_staff_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'staff_audit_log is only ever added to';
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.created_at < now() - interval '2 years' THEN
      RETURN OLD;
    END IF;
  ELSIF NEW.ip_address IS NULL AND to_jsonb(NEW) - 'ip_address' = to_jsonb(OLD) - 'ip_address' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'staff_audit_log is only ever added to';
END
$$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON staff_audit_log FOR EACH ROW EXECUTE FUNCTION keep_staff_audit_log();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON staff_audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_staff_audit_log();

-- A new password that somebody of the shop has asked for, until a job has looked whether there is such an account: the
-- request itself does the same for every address, as with customers (mail_requests).
CREATE TABLE staff_reset_requests (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX staff_reset_requests_created ON staff_reset_requests (created_at);

-- Who of the staff has looked a customer up is on record as well as who opened a repair.
ALTER TABLE staff_access_log DROP CONSTRAINT staff_access_log_object_kind_check;
ALTER TABLE staff_access_log ADD CONSTRAINT staff_access_log_object_kind_check
  CHECK (object_kind IN ('repair', 'customer'));
