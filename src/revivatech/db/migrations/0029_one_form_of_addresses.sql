-- Email addresses get the form that kit/email.py gives them: no invisible characters, no `mailto:`, domains as A-labels
-- (RFC 5891). What keeps a letter beyond ASCII before the @ stays as it is, and so does one of two addresses that would
-- become the same: nobody loses an account. Names lose the characters that turn text or hide in it.

-- RFC 3492, 6.3. Dropped at the end; a label of ASCII letters stays.
CREATE FUNCTION pg_temp.a_label(label text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  points int[] := ARRAY(SELECT ascii(letter) FROM unnest(string_to_array(label, NULL)) WITH ORDINALITY AS u (letter, at) ORDER BY at);
  digits constant text := 'abcdefghijklmnopqrstuvwxyz0123456789';
  basic text := (SELECT coalesce(string_agg(chr(point), '' ORDER BY at), '') FROM unnest(points) WITH ORDINALITY AS u (point, at) WHERE point < 128);
  result text := basic || CASE WHEN basic = '' THEN '' ELSE '-' END;
  handled int := length(basic);
  n int := 128;
  delta bigint := 0;
  bias int := 72;
  next_point int;
  point int;
  q bigint;
  k int;
  threshold int;
BEGIN
  IF handled = cardinality(points) THEN
    RETURN label;
  END IF;
  WHILE handled < cardinality(points) LOOP
    next_point := (SELECT min(p) FROM unnest(points) AS p WHERE p >= n);
    delta := delta + (next_point - n)::bigint * (handled + 1);
    n := next_point;
    FOREACH point IN ARRAY points LOOP
      IF point < n THEN
        delta := delta + 1;
      ELSIF point = n THEN
        q := delta;
        k := 36;
        LOOP
          threshold := least(greatest(k - bias, 1), 26);
          EXIT WHEN q < threshold;
          result := result || substr(digits, (threshold + (q - threshold) % (36 - threshold))::int + 1, 1);
          q := (q - threshold) / (36 - threshold);
          k := k + 36;
        END LOOP;
        result := result || substr(digits, q::int + 1, 1);
        delta := delta / CASE WHEN handled = length(basic) THEN 700 ELSE 2 END;
        delta := delta + delta / (handled + 1);
        k := 0;
        WHILE delta > 455 LOOP
          delta := delta / 35;
          k := k + 36;
        END LOOP;
        bias := k + (36 * delta / (delta + 38))::int;
        delta := 0;
        handled := handled + 1;
      END IF;
    END LOOP;
    delta := delta + 1;
    n := n + 1;
  END LOOP;
  RETURN 'xn--' || result;
END
$$;

CREATE FUNCTION pg_temp.without_invisible(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT normalize(regexp_replace(value, '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]', '', 'g'), NFC)
$$;

CREATE FUNCTION pg_temp.one_form(email text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  cleaned text := regexp_replace(pg_temp.without_invisible(email), '(?<![\u0590-\ufdff])[\u200c\u200d\ufe00-\ufe0f]', '', 'g');
  parts text[] := regexp_match(regexp_replace(cleaned, '^mailto:', ''), '^([^@]+)@([^@]+)$');
  domain text := replace(lower(normalize(parts[2], NFKC)), U&'\3002', '.');
  result text := parts[1] || '@' || (
    SELECT string_agg(pg_temp.a_label(label), '.' ORDER BY at)
    FROM unnest(string_to_array(domain, '.')) WITH ORDINALITY AS u (label, at)
  );
BEGIN
  RETURN CASE WHEN result ~ '^[\x21-\x7e]{3,254}$' THEN result ELSE email END;
END
$$;

-- Of several that become one, the account that was proven, was used, is the oldest.
UPDATE customers c SET email = chosen.email
FROM (
  SELECT DISTINCT ON (pg_temp.one_form(email)) id, pg_temp.one_form(email) AS email
  FROM customers WHERE email ~ '[^\x01-\x7f]|^mailto:'
  ORDER BY pg_temp.one_form(email), email_verified_at IS NULL, last_login_at IS NULL, id
) AS chosen
WHERE c.id = chosen.id AND c.email <> chosen.email
  AND NOT EXISTS (SELECT FROM customers other WHERE other.email = chosen.email);

UPDATE users u SET email = chosen.email
FROM (
  SELECT DISTINCT ON (pg_temp.one_form(email)) id, pg_temp.one_form(email) AS email
  FROM users WHERE email ~ '[^\x01-\x7f]|^mailto:'
  ORDER BY pg_temp.one_form(email), password_hash IS NULL, id
) AS chosen
WHERE u.id = chosen.id AND u.email <> chosen.email
  AND NOT EXISTS (SELECT FROM users other WHERE other.email = chosen.email);

-- Links and wishes for mail work as long as they name the account's address.
UPDATE customer_links SET email = pg_temp.one_form(email) WHERE email ~ '[^\x01-\x7f]|^mailto:';
UPDATE staff_links SET email = pg_temp.one_form(email) WHERE email ~ '[^\x01-\x7f]|^mailto:';
UPDATE mail_requests SET email = pg_temp.one_form(email) WHERE email ~ '[^\x01-\x7f]|^mailto:';
UPDATE staff_reset_requests SET email = pg_temp.one_form(email) WHERE email ~ '[^\x01-\x7f]|^mailto:';

UPDATE customers SET first_name = pg_temp.without_invisible(first_name), last_name = pg_temp.without_invisible(last_name)
WHERE first_name || last_name <> pg_temp.without_invisible(first_name || last_name)
  AND (pg_temp.without_invisible(first_name) <> '' OR first_name = '');
UPDATE users SET first_name = pg_temp.without_invisible(first_name), last_name = pg_temp.without_invisible(last_name)
WHERE first_name || last_name <> pg_temp.without_invisible(first_name || last_name)
  AND (pg_temp.without_invisible(first_name) <> '' OR first_name = '');

DROP FUNCTION pg_temp.one_form, pg_temp.without_invisible, pg_temp.a_label;
