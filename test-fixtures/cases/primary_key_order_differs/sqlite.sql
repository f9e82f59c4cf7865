-- 1 up
CREATE TABLE "keys" (
    "kind" integer NOT NULL,
    "user_id" bigint NOT NULL,
    "identifier" varchar(20) NOT NULL,
    PRIMARY KEY ("identifier", "user_id", "kind")
);

-- 1 down
DROP TABLE "keys";
