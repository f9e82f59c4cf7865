-- 1 up
CREATE TABLE "things" (
    "id" integer PRIMARY KEY NOT NULL,
    "flag" boolean NOT NULL,
    "tiny" smallint NOT NULL,
    "normal" integer NOT NULL,
    "big" bigint NOT NULL,
    "single" real NOT NULL,
    "double" double NOT NULL,
    "price" numeric(12, 2) NOT NULL,
    "text" text NOT NULL,
    "short" varchar(20) NOT NULL,
    "code" char(2) NOT NULL,
    "bytes" blob NOT NULL,
    "key" uuid_text NOT NULL,
    "data" json_text NOT NULL,
    "day" date_text NOT NULL,
    "time" time_text NOT NULL,
    "plain" timestamp_text NOT NULL,
    "moment" timestamptz_text NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "other_id" bigint,
    CONSTRAINT "things_short_code_key" UNIQUE ("short", "code"),
    CONSTRAINT "things_tiny" CHECK (tiny > 0),
    CONSTRAINT "things_other_id_fkey" FOREIGN KEY ("other_id") REFERENCES "other" ("id")
);

CREATE INDEX "things_normal_big_idx" ON "things" ("normal", "big" DESC);

-- 1 down
DROP TABLE "things";
