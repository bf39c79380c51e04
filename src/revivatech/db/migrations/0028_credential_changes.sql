-- When an account's credentials last changed: password, address, role, closing, second factor, passkeys. Written by
-- triggers, so that no way to change them is forgotten. A journal beside the database follows these rows; a restored
-- backup whose rows are older than the journal gets the credentials of the journal back (R155).
CREATE TABLE credential_changes (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid,
  user_id uuid,
  changed_at timestamptz NOT NULL,
  journaled_at timestamptz,
  CHECK ((customer_id IS NULL) <> (user_id IS NULL))
);
CREATE INDEX credential_changes_of_customer ON credential_changes (customer_id, changed_at) WHERE customer_id IS NOT NULL;
CREATE INDEX credential_changes_of_user ON credential_changes (user_id, changed_at) WHERE user_id IS NOT NULL;
CREATE INDEX credential_changes_to_journal ON credential_changes (changed_at) WHERE journaled_at IS NULL;

-- The arguments: the column with the account's id, and whose account it is. Appending alone takes no lock that two
-- transactions could wait for in a circle.
CREATE FUNCTION note_credential_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner_id uuid := ((CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END) ->> TG_ARGV[0])::uuid;
BEGIN
  -- Later than the change before it, even where the machine's clock was set back.
  IF TG_ARGV[1] = 'customer' THEN
    INSERT INTO credential_changes (customer_id, changed_at)
    SELECT owner_id, greatest(clock_timestamp(), max(changed_at) + interval '1 microsecond')
    FROM credential_changes WHERE customer_id = owner_id;
  ELSE
    INSERT INTO credential_changes (user_id, changed_at)
    SELECT owner_id, greatest(clock_timestamp(), max(changed_at) + interval '1 microsecond')
    FROM credential_changes WHERE user_id = owner_id;
  END IF;
  RETURN NULL;
END
$$;

-- A customer without a password before and after has no credentials: the shop may write down what it likes.
CREATE TRIGGER note_credential_change AFTER UPDATE OF email, password_hash, disabled_at, two_factor_enabled ON customers
  FOR EACH ROW WHEN (
    (OLD.email, OLD.password_hash, OLD.disabled_at, OLD.two_factor_enabled)
      IS DISTINCT FROM (NEW.email, NEW.password_hash, NEW.disabled_at, NEW.two_factor_enabled)
    AND (OLD.password_hash IS NOT NULL OR NEW.password_hash IS NOT NULL OR OLD.disabled_at IS DISTINCT FROM NEW.disabled_at))
  EXECUTE FUNCTION note_credential_change('id', 'customer');
CREATE TRIGGER note_credential_change AFTER UPDATE OF email, password_hash, role, disabled_at, two_factor_enabled ON users
  FOR EACH ROW WHEN (
    (OLD.email, OLD.password_hash, OLD.role, OLD.disabled_at, OLD.two_factor_enabled)
      IS DISTINCT FROM (NEW.email, NEW.password_hash, NEW.role, NEW.disabled_at, NEW.two_factor_enabled))
  EXECUTE FUNCTION note_credential_change('id', 'staff');

CREATE TRIGGER note_credential_change AFTER INSERT OR DELETE OR UPDATE OF used_at ON customer_recovery_codes
  FOR EACH ROW EXECUTE FUNCTION note_credential_change('customer_id', 'customer');
CREATE TRIGGER note_credential_change AFTER INSERT OR DELETE OR UPDATE OF used_at ON staff_recovery_codes
  FOR EACH ROW EXECUTE FUNCTION note_credential_change('user_id', 'staff');
CREATE TRIGGER note_credential_change AFTER INSERT OR DELETE ON customer_passkeys
  FOR EACH ROW EXECUTE FUNCTION note_credential_change('customer_id', 'customer');
CREATE TRIGGER note_credential_change AFTER INSERT OR DELETE ON staff_passkeys
  FOR EACH ROW EXECUTE FUNCTION note_credential_change('user_id', 'staff');
-- Of the app's secret, not of each code that is used up.
CREATE TRIGGER note_credential_change AFTER UPDATE OF secret ON customer_authenticators
  FOR EACH ROW WHEN (OLD.secret IS DISTINCT FROM NEW.secret) EXECUTE FUNCTION note_credential_change('customer_id', 'customer');
CREATE TRIGGER note_credential_change AFTER UPDATE OF secret ON staff_authenticators
  FOR EACH ROW WHEN (OLD.secret IS DISTINCT FROM NEW.secret) EXECUTE FUNCTION note_credential_change('user_id', 'staff');
CREATE TRIGGER note_credential_removal AFTER DELETE ON customer_authenticators
  FOR EACH ROW WHEN (OLD.secret IS NOT NULL) EXECUTE FUNCTION note_credential_change('customer_id', 'customer');
CREATE TRIGGER note_credential_removal AFTER DELETE ON staff_authenticators
  FOR EACH ROW WHEN (OLD.secret IS NOT NULL) EXECUTE FUNCTION note_credential_change('user_id', 'staff');
