-- 1 up
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_nodes" (
    "id" integer PRIMARY KEY NOT NULL,
    "parent" bigint,
    CONSTRAINT "nodes_parent_fk" FOREIGN KEY ("parent") REFERENCES "nodes" ("id")
);

INSERT INTO "__dbkit_new_nodes" ("id", "parent")
SELECT "id", "parent"
FROM "nodes";

DROP TABLE "nodes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_nodes" RENAME TO "nodes";

PRAGMA legacy_alter_table = OFF;

-- 1 down
-- dbkit: foreign-keys=off

CREATE TABLE "__dbkit_new_nodes" (
    "id" integer PRIMARY KEY NOT NULL,
    "parent" bigint
);

INSERT INTO "__dbkit_new_nodes" ("id", "parent")
SELECT "id", "parent"
FROM "nodes";

DROP TABLE "nodes";

PRAGMA legacy_alter_table = ON;

ALTER TABLE "__dbkit_new_nodes" RENAME TO "nodes";

PRAGMA legacy_alter_table = OFF;
