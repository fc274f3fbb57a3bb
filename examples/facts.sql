-- The facts that the examples and the sandbox share.
--   sqlite3 facts.sqlite < facts.sql

CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT NOT NULL);
CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT NOT NULL, author_id INTEGER NOT NULL);
CREATE TABLE reads(user_id INTEGER NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (user_id, article_id));
CREATE TABLE mutes(user_id INTEGER NOT NULL, author_id INTEGER NOT NULL, PRIMARY KEY (user_id, author_id));

-- Users 1 to 18 are active, 19 is suspended, 20 does not exist.
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19)
INSERT INTO users SELECT i, CASE WHEN i = 19 THEN 'suspended' ELSE 'active' END FROM n;

-- Articles 1000 to 1189 are published, 1190 to 1199 withdrawn; the 18 active users wrote them in turn.
WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1199)
INSERT INTO articles SELECT i, CASE WHEN i >= 1190 THEN 'withdrawn' ELSE 'published' END, 1 + i % 18 FROM n;

-- User u has read the three articles from 1000 + 5u on.
INSERT INTO reads SELECT id, 1000 + 5 * id + k.column1 FROM users, (VALUES (0), (1), (2)) AS k WHERE id <= 18;

-- Every third user mutes the author six places on: 3 mutes 9, 6 mutes 12, ... 18 mutes 6.
INSERT INTO mutes SELECT id, 1 + (id + 5) % 18 FROM users WHERE id <= 18 AND id % 3 = 0;
