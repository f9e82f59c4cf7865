CREATE TABLE "Ta ble" (
  "Id" integer PRIMARY KEY AUTOINCREMENT,
  "na""me" text DEFAULT 'it''s' CONSTRAINT "Uni que" UNIQUE,
  "sp ace" text NOT NULL COLLATE NOCASE,
  [br acket] integer,
  `back tick` integer,
  "select" integer,
  "ref" integer CONSTRAINT "F k" REFERENCES "Ta ble" ("Id"),
  "gen er" integer GENERATED ALWAYS AS ("select" + 1) STORED,
  CONSTRAINT "Che ck" CHECK ("select" > 0)
);
CREATE INDEX "In ""dex" ON "Ta ble" ("sp ace", lower("na""me")) WHERE "select" > 1;
CREATE VIEW "Vi ew" AS SELECT "Id", "na""me" AS "o ther" FROM "Ta ble";
CREATE TRIGGER "Tri gger" AFTER INSERT ON "Ta ble" BEGIN UPDATE "Ta ble" SET "select" = 2 WHERE "Id" = NEW."Id"; END;
CREATE TABLE "Ünï" ("größe" integer);
CREATE VIRTUAL TABLE "Fts odd" USING fts5("bo dy");
