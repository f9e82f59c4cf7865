CREATE SEQUENCE `Seq ``u'ence` START WITH 5 COMMENT 'it''s "q"';
CREATE TABLE `Ta ble` (
  `Id` bigint NOT NULL AUTO_INCREMENT,
  `na``me` varchar(50) DEFAULT 'it''s' COMMENT 'it''s "q" \\ ü',
  `sp ace` enum('a b','it''s','Ü"q') NOT NULL,
  `select` int,
  `num ber` bigint DEFAULT NEXTVAL(`Seq ``u'ence`),
  `ref` bigint,
  `gen er` int GENERATED ALWAYS AS (`select` + 1) STORED,
  PRIMARY KEY (`Id`),
  UNIQUE KEY `Uni que` (`na``me`),
  KEY `In ``dex` (`sp ace`, `select`),
  CONSTRAINT `F k` FOREIGN KEY (`ref`) REFERENCES `Ta ble` (`Id`),
  CONSTRAINT `Che ck` CHECK (`select` > 0)
);
CREATE VIEW `Se en` AS SELECT NEXTVAL(`Seq ``u'ence`) AS `ne xt`;
CREATE VIEW `Vi ew` AS SELECT `Id`, `na``me` AS `o ther` FROM `Ta ble`;
DELIMITER $$
CREATE TRIGGER `Tri gger` BEFORE INSERT ON `Ta ble` FOR EACH ROW BEGIN SET NEW.`select` = 2; END$$
CREATE PROCEDURE `Pro c`(IN `a r` int) BEGIN SELECT `a r`; END$$
CREATE FUNCTION `Fun c`(`a r` int) RETURNS int DETERMINISTIC RETURN `a r` + 1$$
DELIMITER ;
CREATE TABLE `a234567890123456789012345678901234567890123456789012345678901234` (`b234567890123456789012345678901234567890123456789012345678901234` int UNIQUE);
CREATE TABLE `Ünï` (`größe` int);
