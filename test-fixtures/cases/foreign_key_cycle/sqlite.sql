-- 1 up
CREATE TABLE "teams" (
    "id" integer PRIMARY KEY NOT NULL,
    "lead_id" bigint,
    CONSTRAINT "teams_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "users" ("id")
);

CREATE TABLE "users" (
    "id" integer PRIMARY KEY NOT NULL,
    "team_id" bigint,
    CONSTRAINT "users_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams" ("id")
);

-- 1 down
-- dbkit: foreign-keys=off

DROP TABLE "teams";

DROP TABLE "users";
