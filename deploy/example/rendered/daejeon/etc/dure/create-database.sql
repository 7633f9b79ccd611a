-- Run once, by Patroni, when the cluster is born. Must be repeatable: a bootstrap that failed half way begins anew.
\set ON_ERROR_STOP on
set log_statement = 'none';
set log_min_duration_statement = -1;
create role dure login password 'aQsf0eMTkQl0Ae9xTvkQSjHV5zWCJW8w';
create database dure owner dure encoding 'UTF8' template template0;
revoke all on database dure from public;
