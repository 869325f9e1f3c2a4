-- One text for SQLite and PostgreSQL. Instants are UTC text of one width, so
-- they sort as they are; flags are 0 or 1.

-- +goose Up
create table question (
  team          text not null,
  line          text not null,
  digest        text not null,
  source        text not null,
  noun          text not null,
  query         text not null,
  captured_at   text not null,
  reconciled_at text not null,
  again         bigint not null,
  present       text not null,
  outside       text not null,
  primary key (team, line, digest)
);

create table observation (
  team           text not null,
  line           text not null,
  digest         text not null,
  week           text not null,
  doc            text not null,
  grade          text not null,
  known          bigint not null,
  final          bigint not null,
  captured_at    text not null,
  source_version text not null default '',
  primary key (team, line, digest, week),
  foreign key (team, line, digest) references question (team, line, digest)
);

create table thing (
  team           text not null,
  line           text not null,
  digest         text not null,
  ref            text not null,
  doc            text not null,
  grade          text not null,
  final          bigint not null,
  captured_at    text not null,
  gone_at        text not null,
  missing        text not null,
  source_version text not null default '',
  primary key (team, line, digest, ref),
  foreign key (team, line, digest) references question (team, line, digest)
);

create table page_text (
  hash text not null primary key,
  body bytea not null
);

create table page (
  path     text not null,
  found    bigint not null,
  saved_at text not null,
  hash     text not null references page_text (hash),
  week     text not null,
  sent     bigint not null,
  primary key (path, found, saved_at, hash)
);

create index page_week on page (week);

create table said (
  team    text not null,
  line    text not null,
  week    text not null,
  said_at text not null,
  doc     text not null,
  primary key (team, line, week)
);
