#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Notes {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), default("escape's"))]
    pub a: String,
    #[dbkit(varchar(40), default("back\\slash"))]
    pub b: String,
    #[dbkit(varchar(40), default("{}"))]
    pub c: String,
    #[dbkit(varchar(40), default("\"double\""))]
    pub d: String,
    #[dbkit(varchar(40), default("--> statement-breakpoint; $$"))]
    pub e: String,
}
