CREATE TABLE every_type (
  id bigint unsigned AUTO_INCREMENT PRIMARY KEY,
  a boolean, b tinyint, c tinyint unsigned, d smallint, e smallint unsigned, f mediumint, g mediumint unsigned, h int, i int unsigned, j bigint,
  k bigint unsigned, l float, m double, n decimal(10, 2), o char(3), p varchar(20), q tinytext, r text, s mediumtext, t longtext, u binary(16), v varbinary(20)
);
CREATE TABLE every_other_type (
  id int PRIMARY KEY, w tinyblob, x blob, y longblob, z json, aa date, ab time, ac time(3), ad datetime, ae datetime(6), af timestamp NULL,
  ag year, ah bit(5), ai enum('a b', 'a_b', '', 'Self'), aj set('a', 'b'), ak point, al double unsigned, am decimal(10, 2) unsigned,
  an char(36), ao uuid, ap inet6
);
CREATE TABLE users (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES users (id));
CREATE TABLE `user` (user_id int PRIMARY KEY, `user` int, `user id` int, FOREIGN KEY (user_id) REFERENCES users (id), FOREIGN KEY (`user`) REFERENCES users (id));
CREATE TABLE diesel (id int PRIMARY KEY, diesel int, star int, `table` int, `columns` int, dsl int, all_columns int, bool boolean, str text, is_nullable boolean, ops int);
CREATE TABLE sea_orm (id int PRIMARY KEY, entity int, model int, `column` int, self int, crate int, super int, _id int, id_ int, `2fa` text, __a__b int, a1 int, a_1 int, `schema` int, name text, shape int);
CREATE TABLE `order-items` (`a b` int, a_b int, PRIMARY KEY (`a b`, a_b));
CREATE TABLE order_items (id char(36) PRIMARY KEY, `a b` int, a_b int, FOREIGN KEY (`a b`, a_b) REFERENCES `order-items` (`a b`, a_b));
CREATE TABLE `self` (id enum('a', '+', '-') PRIMARY KEY, at date);
CREATE TABLE `2fa` (`1` double PRIMARY KEY, `2` binary(4));
CREATE TABLE `string` (`vec` varbinary(20) PRIMARY KEY, `option` year);
