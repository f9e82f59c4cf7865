#[derive(Table)]
#[dbkit(table = "users", engine = "InnoDB", charset = "utf8mb4", comment = "people")]
pub struct Users {
    #[dbkit(primary_key, autoincrement)]
    pub id: u64,
    pub n: u64,
    pub m: Option<u8>,
}
