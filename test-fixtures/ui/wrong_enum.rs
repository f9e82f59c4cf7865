#[derive(dbkit::DbEnum)]
#[dbkit(name = "mood", rename_all = "snakecase")]
pub enum Mood {
    Fine,
    Angry(String),
    #[dbkit(renamed = "sad")]
    Unhappy,
}

fn main() {}
