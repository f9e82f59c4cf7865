//! MySQL and MariaDB servers.

use std::time::Duration;

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;

use super::unreachable;
use crate::url::Server;

pub(super) fn open(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let user = server.user.clone().or_else(|| std::env::var("USER").ok());
    let options = mysql::OptsBuilder::new()
        .ip_or_hostname(Some(server.host.clone()))
        .tcp_port(server.port)
        .socket(server.socket.clone())
        .prefer_socket(server.socket.is_some())
        .user(user)
        .pass(server.password.clone())
        .db_name(server.database.clone())
        .tcp_connect_timeout(Some(Duration::from_secs(server.connect_timeout)));
    mysql::Conn::new(options).map(|connection| Box::new(connection) as Box<dyn Driver>).map_err(
        |error| {
            if let mysql::Error::MySqlError(said) = &error {
                let problem = Diagnostic::error(
                    "DBK0008",
                    format!(
                        "the server at {} refused the connection: {}",
                        server.place(),
                        said.message
                    ),
                );
                return match said.code {
                    1049 => problem.help(format!(
                        "make it: `CREATE DATABASE {}`",
                        server.database.as_deref().unwrap_or("app")
                    )),
                    1045 => problem.help("check user and password in the URL"),
                    _ => problem,
                };
            }
            let words = match &error {
                mysql::Error::IoError(error) => error.to_string(),
                mysql::Error::DriverError(error) => error.to_string(),
                other => other.to_string(),
            };
            let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
            unreachable("MySQL", &server.place(), &words)
                .help("is the server running, and is this its address? `mysqladmin ping` asks it")
                .help("there is none yet? `docker run -d -e MARIADB_ROOT_PASSWORD=secret -p 3306:3306 mariadb` starts one")
        },
    )
}
