-- No program writes or reads avatar_url: a picture is avatar_id, and its files.
ALTER TABLE customers DROP COLUMN avatar_url;
