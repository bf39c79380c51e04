-- Customers are found as people type: without accents, and by the digits of a telephone number however it is spaced.
ALTER TABLE customers ALTER COLUMN search_text SET EXPRESSION AS (
  lower(regexp_replace(
    normalize(first_name || ' ' || last_name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''), NFD),
    U&'[\0300-\036F]', '', 'g'
  )) || ' ' || regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g')
);
