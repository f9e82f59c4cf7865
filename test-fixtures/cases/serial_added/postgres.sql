-- 1 up
CREATE SEQUENCE "users_id_seq" AS integer;

ALTER TABLE "users" ALTER COLUMN "id" SET DEFAULT nextval('"users_id_seq"');

ALTER SEQUENCE "users_id_seq" OWNED BY "users"."id";

-- The next number comes after those that are there.
SELECT setval(pg_get_serial_sequence('"users"', 'id'), max("id"))
FROM "users" HAVING max("id") >= 1;

-- 1 down
DO $dbkit$
DECLARE
    owned text := pg_get_serial_sequence('"users"', 'id');
BEGIN
    ALTER TABLE "users" ALTER COLUMN "id" DROP DEFAULT;
    EXECUTE 'DROP SEQUENCE ' || owned;
END
$dbkit$;
