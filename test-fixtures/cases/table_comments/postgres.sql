-- 1 up
COMMENT ON TABLE "users" IS 'all people';

COMMENT ON COLUMN "users"."id" IS NULL;

COMMENT ON COLUMN "users"."name" IS 'who''s that';

-- 1 down
COMMENT ON TABLE "users" IS 'people';

COMMENT ON COLUMN "users"."id" IS 'the key';

COMMENT ON COLUMN "users"."name" IS 'who';
