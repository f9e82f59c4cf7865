-- 1 up
CREATE TABLE "things" (
    "id" integer PRIMARY KEY NOT NULL,
    "odd" text NOT NULL DEFAULT 'a, b (c)' CHECK ("odd" IN ('it''s', 'a, b (c)'))
);

-- 1 down
DROP TABLE "things";
